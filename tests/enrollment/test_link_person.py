"""Who an account is: name and ID number, checked with the national platform (1101, requirement E2)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.selectors import current_consent
from core import clock
from core.errors import DomainError
from core.identifiers import check_digit
from enrollment import actions
from enrollment.actions.check_person import LOOKUPS_PER_DAY
from enrollment.models import Person, PersonCheck
from enrollment.notices import IDENTITY_CHECK
from tests.enrollment.helpers import LI, MOTHER, NEW_CITIZEN, PAUSED, RARE_NAME, ZHAO, Town, account


def numbered(first17: str) -> str:
    """A made-up identity number that adds up."""
    return first17 + check_digit(first17)


def link(town: Town, name: str, id_number: str, *, phone: str = LI[2], consented: bool = True) -> Person:
    return actions.link_person(
        user=account(phone),
        name=name,
        id_number=id_number,
        consented=consented,
        plan_year=town.plan_year,
        now=clock.now(),
    )


def refusal(town: Town, name: str, id_number: str, **other: object) -> DomainError:
    with pytest.raises(DomainError) as caught:
        link(town, name, id_number, **other)  # type: ignore[arg-type]  # handed through
    assert not Person.objects.exists()
    return caught.value


def test_li_is_known_and_in_employees_insurance(town: Town) -> None:
    person = link(town, "李秀兰", "411202196803154264")
    assert (person.masked_name, person.masked_id_number) == ("李*兰", "411202********4264")
    assert person.has_personal_account
    assert person.birth_date.isoformat() == "1968-03-15"
    assert PersonCheck.objects.get().outcome == "eligible"


def test_her_consent_is_on_record_with_the_notice_she_read(town: Town) -> None:
    link(town, *LI[:2])
    consent = current_consent(user=account(LI[2]), purpose=IDENTITY_CHECK)
    assert consent is not None
    assert consent.granted
    assert len(consent.notice_sha256) == 64


def test_without_consent_nobody_is_asked(town: Town) -> None:
    assert refusal(town, *LI[:2], consented=False).code == "consent_missing"
    assert not PersonCheck.objects.exists()


@pytest.mark.parametrize(
    ("name", "id_number", "code", "field"),
    [
        ("", "411202196803154264", "name_missing", "name"),
        ("李秀兰", "411202196803154265", "id_number_check_digit", "id_number"),
        ("李秀兰", "4112021968031542", "id_number_length", "id_number"),
        ("李秀兰", numbered("41120220300315426"), "id_number_future_birth", "id_number"),
        ("李秀兰", "411202196813154264", "id_number_birth_date", "id_number"),
    ],
)
def test_slips_are_caught_before_the_platform_is_asked(
    town: Town, name: str, id_number: str, code: str, field: str
) -> None:
    error = refusal(town, name, id_number)
    assert (error.code, error.field) == (code, field)
    assert not PersonCheck.objects.exists()


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (("李秀蓝", LI[1]), "name_mismatch"),
        (("吴无名", numbered("41120219700101001")), "person_not_found"),
        (PAUSED[:2], "insurance_paused"),
        (NEW_CITIZEN[:2], "insured_elsewhere"),
    ],
)
def test_what_the_platform_answers_becomes_a_sentence(town: Town, who: tuple[str, str], code: str) -> None:
    assert refusal(town, *who).code == code
    assert PersonCheck.objects.get().outcome == code


def test_a_new_citizen_is_told_the_way(town: Town) -> None:
    from django.utils.translation import override

    with override("en"):
        assert "service point" in str(refusal(town, *NEW_CITIZEN[:2]))


def test_no_answer_loses_nothing_and_the_next_try_works(town: Town) -> None:
    town.sandbox.fault("nhsa", "1101", "drop_reply")
    error = refusal(town, *LI[:2])
    assert (error.code, error.status) == ("platform_no_answer", 503)
    assert link(town, *LI[:2]).masked_name == "李*兰"


def test_a_name_with_a_four_byte_character_is_a_name(town: Town) -> None:
    assert link(town, *RARE_NAME[:2], phone=RARE_NAME[2]).name == "马𬱖"


def test_age_and_health_are_not_asked(town: Town) -> None:
    """Sanmenxia 三(二): her mother of 83 enrols like anybody else."""
    mother = town.resident(MOTHER)
    [policy] = town.enrol(mother, mother.person, channel="WECHAT")
    assert policy.insured == mother.person


def test_one_person_belongs_to_one_account(town: Town) -> None:
    link(town, *LI[:2])
    with pytest.raises(DomainError) as caught:
        link(town, *LI[:2], phone=ZHAO[2])
    assert caught.value.code == "person_linked_elsewhere"
    with pytest.raises(DomainError) as caught:
        link(town, *ZHAO[:2], phone=LI[2])
    assert caught.value.code == "person_already_linked"


def test_nobody_guesses_his_way_through_the_city(town: Town) -> None:
    user = account(ZHAO[2])
    PersonCheck.objects.bulk_create(
        PersonCheck(user=user, id_number_digest="0" * 64, outcome="person_not_found", at=clock.now())
        for _ in range(LOOKUPS_PER_DAY)
    )
    with pytest.raises(DomainError) as caught:
        link(town, *ZHAO[:2], phone=ZHAO[2])
    assert (caught.value.code, caught.value.status) == ("too_many_lookups", 429)
    town.pass_time(days=1, seconds=1)
    assert link(town, *ZHAO[:2], phone=ZHAO[2]).masked_name == "赵*强"


def test_look_ups_sent_all_at_once_are_counted_too(town: Town) -> None:
    user = account(ZHAO[2])
    PersonCheck.objects.bulk_create(
        PersonCheck(user=user, id_number_digest="0" * 64, outcome="person_not_found", at=clock.now())
        for _ in range(LOOKUPS_PER_DAY - 1)
    )
    with ThreadPoolExecutor(max_workers=6) as pool:
        answers = list(pool.map(lambda _turn: _guess(town), range(6)))
    assert "name_mismatch" in answers
    assert set(answers) <= {"name_mismatch", "too_many_lookups", "look_up_in_progress"}
    assert PersonCheck.objects.filter(user=user).count() == LOOKUPS_PER_DAY


def _guess(town: Town) -> str:
    try:
        link(town, "赵国", ZHAO[1], phone=ZHAO[2])
    except DomainError as error:
        return error.code
    finally:
        connection.close()
    return ""
