"""An account becomes a person: proved by the platform, checked with it (1101, requirement E2), once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override

from accounts.selectors import current_consent
from core import clock, guards
from core.errors import DomainError
from core.identifiers import check_digit
from parties.models import Scheme
from people.actions import expire_proofs, give_person_back, link_person, start_proof
from people.actions.check_person import LOOKUPS_PER_DAY
from people.actions.start_proof import PROOFS_PER_DAY
from people.models import Person, PersonCheck, PersonProof
from people.notices import IDENTITY_CHECK
from tests.enrollment.helpers import Town
from tests.people.helpers import BROWSER, DAUGHTER, LI, MOTHER, NEW_CITIZEN, PAUSED, RARE_NAME, ZHAO, account
from tests.servers import Lease


def numbered(first17: str) -> str:
    """A made-up identity number that adds up."""
    return first17 + check_digit(first17)


def begin(phone: str = LI[2], *, method: str = "face", consented: bool = True, **typed: str) -> PersonProof:
    typed = typed or {"name": LI[0], "id_number": LI[1]}
    return start_proof(
        user=account(phone),
        method=method,
        consented=consented,
        session_secret=BROWSER,
        scheme=Scheme.objects.get(opens_bare_address=True),
        now=clock.now(),
        **typed,
    )


def code_of(call: object) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as caught:
        call()  # type: ignore[operator]
    return caught.value.code, caught.value.field


@pytest.mark.parametrize("method", ["voucher", "face"])
def test_li_proves_that_she_is_li(town: Town, method: str) -> None:
    user = account(LI[2])
    proof = town.proves(user, "李秀兰", method=method, id_number=LI[1] if method == "face" else "")
    person = link_person(user=user, proof=proof, plan_year=town.plan_year, now=clock.now())
    assert (person.masked_name, person.masked_id_number) == ("李*兰", "411202********4264")
    assert person.has_personal_account
    assert person.birth_date.isoformat() == "1968-03-15"
    assert (person.proof.method, person.proof.state) == (method, "used")
    assert PersonCheck.objects.get().outcome == "eligible"
    assert [row["reference"] for row in town.sandbox.log("proof")] == [person.proof.number]


def test_a_used_proof_remembers_nobody(town: Town) -> None:
    town.links(account(LI[2]), "李秀兰")
    proof = PersonProof.objects.get()
    assert (proof.name, proof.id_number, proof.psn_no, proof.mobile, proof.nonce) == ("", "", "", "", "")
    assert [event.name for event in proof.events.all()] == ["person_proof.proved", "person_proof.used"]


def test_her_consent_is_on_record_with_the_notice_she_read(town: Town) -> None:
    begin()
    consent = current_consent(user=account(LI[2]), purpose=IDENTITY_CHECK)
    assert consent is not None
    assert consent.granted
    assert len(consent.notice_sha256) == 64


@pytest.mark.parametrize(
    ("typed", "code", "field"),
    [
        ({"name": "", "id_number": LI[1]}, "name_missing", "name"),
        ({"name": "李秀兰", "id_number": "411202196803154265"}, "id_number_check_digit", "id_number"),
        ({"name": "李秀兰", "id_number": "4112021968031542"}, "id_number_length", "id_number"),
        ({"name": "李秀兰", "id_number": numbered("41120220300315426")}, "id_number_future_birth", "id_number"),
        ({"name": "李秀兰", "id_number": "411202196813154264"}, "id_number_birth_date", "id_number"),
    ],
)
def test_slips_are_caught_before_anybody_is_asked(town: Town, typed: dict[str, str], code: str, field: str) -> None:
    assert code_of(lambda: begin(**typed)) == (code, field)
    assert not PersonProof.objects.exists()


def test_without_consent_or_with_an_unknown_method_nobody_is_asked(town: Town) -> None:
    assert code_of(lambda: begin(consented=False))[0] == "consent_missing"
    assert code_of(lambda: begin(method="charm"))[0] == "method_unknown"
    assert not PersonProof.objects.exists()


@pytest.mark.parametrize(("who", "code"), [(PAUSED, "insurance_paused"), (NEW_CITIZEN, "insured_elsewhere")])
def test_the_proven_person_is_told_what_the_platform_says_of_her(
    town: Town, who: tuple[str, str, str], code: str
) -> None:
    Scheme.objects.filter(pk=town.scheme.pk).update(admits_new_citizens=False)
    town.plan_year.refresh_from_db()
    assert code_of(lambda: town.links(account(who[2]), who[0]))[0] == code
    assert PersonCheck.objects.get().outcome == code
    assert not Person.objects.exists()


def test_a_new_citizen_is_told_the_way(town: Town) -> None:
    zhou = town.resident(NEW_CITIZEN)
    with override("en"):
        with pytest.raises(DomainError) as caught:
            town.choose(zhou, zhou.person)
        assert "service point" in str(caught.value)


@pytest.mark.parametrize("operation", ["redeem_proof", "1101"])
def test_no_answer_loses_nothing_and_the_same_way_back_works(town: Town, operation: str) -> None:
    user = account(LI[2])
    begun = begin(method="voucher", name="", id_number="")
    back = town.sandbox.confirm_person(begun.platform_url, "李秀兰")
    town.sandbox.fault("nhsa", operation, "drop_reply")

    def comes_back() -> Person:
        proof = town.returns(user, back)
        return link_person(user=user, proof=proof, plan_year=town.plan_year, now=clock.now())

    assert code_of(comes_back)[0] == "platform_no_answer"
    assert comes_back().masked_name == "李*兰"


def test_a_name_with_a_four_byte_character_is_a_name(town: Town) -> None:
    assert town.links(account(RARE_NAME[2]), RARE_NAME[0]).name == "马𬱖"


@pytest.mark.parametrize("typed", ["ERIK LINDQVIST", "Erik  Lindqvist"])
def test_a_name_with_a_blank_in_it_is_a_name(town: Town, typed: str) -> None:
    user = account("13900001009")
    begun = begin("13900001009", name=typed, id_number="941840197506120032")
    proof = town.returns(user, town.sandbox.confirm_person(begun.platform_url, "ERIK LINDQVIST", method="face"))
    person = link_person(user=user, proof=proof, plan_year=town.plan_year, now=clock.now())
    assert person.name == "ERIK LINDQVIST"


def test_whoever_was_given_another_number_is_the_same_person(town: Town) -> None:
    li = town.resident(LI)
    known = town.add(li, ZHAO, "other").relative
    town.sandbox.put_person(psn_no=known.psn_no, certno=numbered("41128119700125521"))
    zhao = town.links(account(ZHAO[2]), "赵国强")
    assert zhao.pk == known.pk
    assert zhao.id_number == numbered("41128119700125521")


def test_age_and_health_are_not_asked(town: Town) -> None:
    """Sanmenxia 三(二): her mother of 83 enrols like anybody else."""
    mother = town.resident(MOTHER)
    [policy] = town.enrol(mother, mother.person, channel="WECHAT")
    assert policy.insured == mother.person


def test_an_account_is_one_person(town: Town) -> None:
    town.resident(LI)
    assert code_of(lambda: town.links(account(LI[2]), "赵国强"))[0] == "person_already_linked"


# a proof is used once ------------------------------------------------------------------------------------------


def test_a_proof_opens_once(town: Town) -> None:
    li = town.resident(LI)
    give_person_back(user=li.user, scheme=town.scheme, actor=li.actor, now=clock.now())
    used = PersonProof.objects.get()

    def again() -> Person:
        return link_person(user=li.user, proof=used, plan_year=town.plan_year, now=clock.now())

    assert code_of(again)[0] == "not_confirmed"


def test_a_proof_is_the_account_s_own(town: Town) -> None:
    proof = town.proves(account(LI[2]), "李秀兰")

    def as_zhao() -> Person:
        return link_person(user=account(ZHAO[2]), proof=proof, plan_year=town.plan_year, now=clock.now())

    assert code_of(as_zhao)[0] == "not_confirmed"


def test_a_proof_is_good_for_fifteen_minutes(town: Town) -> None:
    user = account(LI[2])
    proof = town.proves(user, "李秀兰")
    town.pass_time(minutes=15)

    def late() -> Person:
        return link_person(user=user, proof=proof, plan_year=town.plan_year, now=clock.now())

    assert code_of(late)[0] == "not_confirmed"
    with guards.off("people.proof_is_fresh"):
        assert late().user == user


def test_the_sweeper_ends_what_was_left_lying_and_forgets_the_person(town: Town) -> None:
    town.proves(account(LI[2]), "李秀兰")
    assert expire_proofs(now=clock.now()) == 0
    town.pass_time(minutes=15)
    assert expire_proofs(now=clock.now()) == 1
    proof = PersonProof.objects.get()
    assert (proof.state, proof.name, proof.psn_no) == ("expired", "", "")


# the database has the last word ---------------------------------------------------------------------------------


def test_no_path_links_without_a_used_proof_of_this_person_and_account(town: Town, lease: Lease) -> None:
    li, mother = town.resident(LI), town.resident(MOTHER)
    daughter = account(DAUGHTER[2])
    person = Person.objects.get(pk=li.person.pk)
    for change in (
        {"user": daughter},
        {"user": daughter, "proof": person.proof},
        {"proof": None},
        {"proof": mother.person.proof},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Person.objects.filter(pk=person.pk).update(**change)
    with psycopg.connect(lease.app_url(), autocommit=True) as raw, pytest.raises(psycopg.Error):
        raw.execute("UPDATE people_person SET user_id = %s WHERE id = %s", [daughter.pk, person.pk])
    assert Person.objects.get(pk=person.pk).user == li.user


def test_a_proof_not_used_up_does_not_link(town: Town) -> None:
    user = account(LI[2])
    proof = town.proves(user, "李秀兰")
    with guards.off("people.proof_is_used_up"), pytest.raises(DatabaseError):
        link_person(user=user, proof=proof, plan_year=town.plan_year, now=clock.now())
    assert not Person.objects.filter(user=user).exists()


# guessing and trying --------------------------------------------------------------------------------------------


def test_nobody_tries_faces_all_day(town: Town) -> None:
    for _turn in range(PROOFS_PER_DAY):
        begin()
    assert code_of(begin)[0] == "too_many_proofs"
    town.pass_time(days=1, seconds=1)
    assert begin().state == "started"


def test_nobody_guesses_his_way_through_the_city(town: Town) -> None:
    li = town.resident(LI)
    PersonCheck.objects.bulk_create(
        PersonCheck(user=li.user, id_number_digest="0" * 64, outcome="person_not_found", at=clock.now())
        for _ in range(LOOKUPS_PER_DAY)
    )
    assert code_of(lambda: town.add(li, MOTHER, "parent"))[0] == "too_many_lookups"
    town.pass_time(days=1, seconds=1)
    assert town.add(li, MOTHER, "parent").is_proved


def test_look_ups_sent_all_at_once_are_counted_too(town: Town) -> None:
    li = town.resident(LI)
    PersonCheck.objects.bulk_create(
        PersonCheck(user=li.user, id_number_digest="0" * 64, outcome="person_not_found", at=clock.now())
        for _ in range(LOOKUPS_PER_DAY - 2)
    )
    with ThreadPoolExecutor(max_workers=6) as pool:
        answers = list(pool.map(lambda _turn: _guess(town, li), range(6)))
    assert "cannot_add" in answers
    assert set(answers) <= {"cannot_add", "too_many_lookups", "look_up_in_progress"}
    assert PersonCheck.objects.filter(user=li.user).count() == LOOKUPS_PER_DAY


def _guess(town: Town, li: object) -> str:
    try:
        town.add(li, ("赵国", ZHAO[1], ZHAO[2]), "other")  # type: ignore[arg-type]
    except DomainError as error:
        return error.code
    finally:
        connection.close()
    return ""
