"""Who belongs to whom is proved, not said: before that nothing medical is shown and no money of hers moves."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from core import clock, guards
from core.errors import DomainError, NotFound
from enrollment import order_payment, selectors
from enrollment.models import Order, Policy
from people.actions import answer_kinship, give_person_back, link_person
from people.lifecycle import KinshipState
from people.models import Kinship
from people.my_data import section
from people.relations import Relation
from tests.enrollment.helpers import WECHAT, Town
from tests.people.helpers import DAUGHTER, GRANDCHILD, LI, MOTHER, ZHAO, Resident, form_key


@pytest.fixture
def li(town: Town) -> Resident:
    return town.resident(LI)


@pytest.fixture
def zhao(town: Town) -> Resident:
    return town.resident(ZHAO)


def answers(kinship: Kinship, who: Resident, *, agrees: bool) -> Kinship:
    return answer_kinship(kinship=kinship, agrees=agrees, actor=who.actor, now=clock.now())


def sister(town: Town, zhao: Resident) -> Kinship:
    """Zhao says that Li is his sister. She is not, and the register does not say so."""
    return town.add(zhao, LI, Relation.SIBLING)


def claimable(who: Resident, town: Town) -> set[str]:
    return {policy.insured.name for policy in selectors.claimable_policies(who.actor, today=town.plan_year.cover_from)}


# the register is asked first ------------------------------------------------------------------------------------


def test_the_register_shows_her_mother_and_nothing_more_is_asked(town: Town, li: Resident) -> None:
    kinship = town.add(li, MOTHER, Relation.PARENT)
    assert (kinship.state, kinship.proof_kind, kinship.proved_by) == ("proved", "register", None)
    [event] = kinship.events.all()
    assert (event.name, event.actor_label) == ("kinship.proved", "system:civil-register")


def test_a_mother_named_as_a_sister_is_a_claim_only(town: Town, li: Resident) -> None:
    assert town.add(li, MOTHER, Relation.SIBLING).state == "claimed"


def test_a_stranger_named_as_a_sister_is_on_the_list_and_no_more(town: Town, zhao: Resident) -> None:
    kinship = sister(town, zhao)
    assert (kinship.state, kinship.proof_kind) == ("claimed", "")
    [_me, member] = selectors.family_of(zhao.person, plan_year=town.plan_year)
    assert not member.is_proved


def test_a_silent_register_adds_nobody(town: Town, li: Resident) -> None:
    town.sandbox.fault("nhsa", "relation", "drop_reply")
    with pytest.raises(DomainError) as caught:
        town.add(li, MOTHER, Relation.PARENT)
    assert caught.value.code == "platform_no_answer"
    assert not Kinship.objects.exists()


# what a claim opens: paying by WeChat, nothing else ---------------------------------------------------------------


def test_zhao_pays_for_her_by_wechat_and_may_not_claim_for_her(town: Town, zhao: Resident) -> None:
    li = sister(town, zhao).relative
    [policy] = town.enrol(zhao, li, channel=WECHAT)
    assert policy.state == "issued"
    assert town.executed() == [("paid", 10_000)]
    assert claimable(zhao, town) == set()
    with pytest.raises(NotFound):
        selectors.policy_for_claim(zhao.actor, policy.number)
    assert town.browse(zhao).get(f"/claims/new/{policy.number}/").status_code == 404
    with guards.off("people.proved_kinship"):
        assert claimable(zhao, town) == {"李秀兰"}


def test_no_personal_account_pays_for_a_relative_not_proved(town: Town, li: Resident) -> None:
    """Li's account may pay for close relatives; that Zhao is her brother is only said."""
    brother = town.add(li, ZHAO, Relation.SIBLING).relative
    order = town.choose(li, li.person, brother)
    assert order_payment.ways_to_pay(order)[0].why_not
    with pytest.raises(DomainError) as caught:
        town.place(li, li.person, brother)
    assert caught.value.code == "personal_account_not_allowed"
    assert town.executed() == []
    page = town.browse(li).get(reverse("enrollment:pay", args=[order.number]))
    assert [value for value, _label in page.context["form"].fields["channel"].choices] == ["WECHAT"]


def test_that_somebody_else_insured_her_is_not_shown_to_who_only_claims_her(town: Town, li: Resident) -> None:
    town.enrol(li, li.person)
    zhao = town.resident(ZHAO)
    sister(town, zhao)
    [_me, member] = selectors.family_of(zhao.person, plan_year=town.plan_year)
    assert member.policy is None
    page = town.browse(zhao).get(reverse("enrollment:family")).content.decode()
    assert Policy.objects.get().number not in page
    with pytest.raises(DomainError) as caught:
        town.choose(zhao, li.person)
    assert caught.value.code == "cannot_enrol_now"


def test_the_copy_of_his_data_holds_what_he_typed_of_her_and_nothing_the_platform_added(
    town: Town, zhao: Resident
) -> None:
    sister(town, zhao)
    [entry] = section(zhao.user.pk)["family"]
    assert set(entry) == {"relation", "state", "since", "name", "id_number"}


def test_the_copy_of_her_data_names_who_asks_and_how_she_was_confirmed(town: Town, zhao: Resident) -> None:
    li = town.resident(LI)
    sister(town, zhao)
    copy = section(li.user.pk)
    assert copy["may_act_for_me"] == [{"name": "赵国强", "relation": "sibling", "state": "claimed"}]
    assert copy["confirmed"]["method"] == "voucher"
    assert copy["person"]["mobile"] == LI[2]


# her own consent --------------------------------------------------------------------------------------------------


def test_she_reads_who_asks_and_agrees(town: Town, zhao: Resident) -> None:
    li = town.resident(LI)
    kinship = sister(town, zhao)
    browser = town.browse(li)
    assert "赵国强" in browser.get(reverse("people:link")).content.decode()
    page = reverse("people:answer_kinship", args=[kinship.pk])
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"form_key": form_key(), "answer": "agree"}).status_code == 302
    kinship.refresh_from_db()
    assert (kinship.state, kinship.proof_kind, kinship.proved_by) == ("proved", "consent", li.user)
    town.enrol(zhao, li.person, channel=WECHAT)
    assert claimable(zhao, town) == {"李秀兰"}


def test_she_is_told_by_sms_that_somebody_asks(town: Town, zhao: Resident) -> None:
    from work import outbox

    town.resident(LI)
    sister(town, zhao)
    outbox.sweep()
    newest = town.sandbox.sms(LI[2])[0]["text"]
    assert "赵*强" in newest
    assert "/enrol/me/" in newest


def test_she_takes_it_back_as_easily_and_may_agree_again(town: Town, zhao: Resident) -> None:
    li = town.resident(LI)
    kinship = answers(sister(town, zhao), li, agrees=True)
    town.enrol(zhao, li.person, channel=WECHAT)
    assert answers(kinship, li, agrees=False).state == KinshipState.WITHDRAWN
    assert claimable(zhao, town) == set()
    assert answers(kinship, li, agrees=True).state == KinshipState.PROVED


def test_her_no_also_ends_what_the_register_showed_and_adding_her_again_does_not_mend_it(
    town: Town, li: Resident
) -> None:
    kinship = town.add(li, MOTHER, Relation.PARENT)
    answers(kinship, town.resident(MOTHER), agrees=False)
    with pytest.raises(DomainError) as caught:
        town.add(li, MOTHER, Relation.PARENT)
    assert caught.value.code == "relative_known"
    kinship.refresh_from_db()
    assert kinship.state == KinshipState.WITHDRAWN


def test_nobody_agrees_for_her(town: Town, zhao: Resident) -> None:
    town.resident(LI)
    kinship = sister(town, zhao)
    for who in (zhao, town.resident(DAUGHTER)):
        with pytest.raises(NotFound):
            answers(kinship, who, agrees=True)
        page = reverse("people:answer_kinship", args=[kinship.pk])
        assert town.browse(who).post(page, {"form_key": form_key(), "answer": "agree"}).status_code == 404
    kinship.refresh_from_db()
    assert kinship.state == "claimed"
    with guards.off("people.own_consent_only"):
        assert answers(kinship, zhao, agrees=True).is_proved


def test_refused_is_refused_and_answered_twice_is_told(town: Town, zhao: Resident) -> None:
    li = town.resident(LI)
    kinship = answers(sister(town, zhao), li, agrees=False)
    assert kinship.state == KinshipState.REFUSED
    with pytest.raises(DomainError) as caught:
        answers(kinship, li, agrees=False)
    assert caught.value.code == "already_answered"


def test_a_friend_s_consent_makes_no_relative(town: Town, zhao: Resident) -> None:
    kinship = town.add(zhao, LI, Relation.OTHER)
    with pytest.raises(DomainError) as caught:
        answers(kinship, town.resident(LI), agrees=True)
    assert caught.value.code == "kinship_not_close"


def test_a_child_cannot_agree_alone(town: Town, zhao: Resident) -> None:
    from people.models.person import ConsentKind

    kinship = town.add(zhao, GRANDCHILD, Relation.CHILD, consent=ConsentKind.GUARDIAN)
    user = town.resident(MOTHER).user  # any account: what counts is the age
    child = kinship.relative
    proof = town.proves(user, GRANDCHILD[0], method="face", id_number=GRANDCHILD[1])
    give_person_back(user=user, scheme=town.scheme, actor=user.actor(), now=clock.now())
    link_person(user=user, proof=proof, plan_year=town.plan_year, now=clock.now())
    with pytest.raises(DomainError) as caught:
        answers(kinship, Resident(user, child), agrees=True)
    assert caught.value.code == "too_young_to_agree"


# the database ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{"state": "proved"}, {"state": "withdrawn"}, {"state": "proved", "proof_kind": "consent"}]
)
def test_no_path_proves_a_kinship_without_saying_how(town: Town, zhao: Resident, change: dict[str, Any]) -> None:
    kinship = sister(town, zhao)
    with pytest.raises(DatabaseError), transaction.atomic():
        Kinship.objects.filter(pk=kinship.pk).update(**change)


def test_a_strangers_kinship_is_not_found(town: Town, li: Resident, zhao: Resident) -> None:
    kinship = town.add(li, MOTHER, Relation.PARENT)
    assert town.browse(zhao).get(reverse("people:kinship", args=[kinship.pk])).status_code == 404
    assert town.browse(li).get(reverse("people:kinship", args=[kinship.pk])).status_code == 200
    assert Order.objects.count() == 0
