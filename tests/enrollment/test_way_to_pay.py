"""A personal account pays for close relatives only; for a friend there is WeChat Pay (E4, Sanmenxia 五(一))."""

from __future__ import annotations

import pytest

from core import clock
from core.errors import DomainError, NotFound
from enrollment import actions, order_payment, selectors
from enrollment.lifecycle import OrderState, PolicyState
from enrollment.models import Policy
from enrollment.shown import order_version
from payments.models import Payment
from people.actions import answer_kinship, authorise_relatives
from people.relations import Relation
from tests.enrollment.helpers import PERSONAL_ACCOUNT, WECHAT, Town
from tests.people.helpers import HUSBAND, LI, MOTHER, ZHAO


def test_li_may_not_pay_for_her_friend_zhao_from_her_account(town: Town) -> None:
    li = town.resident(LI)
    friend = town.add(li, ZHAO, Relation.OTHER).relative
    with pytest.raises(DomainError) as caught:
        town.place(li, li.person, friend)
    assert caught.value.code == "personal_account_not_allowed"
    assert not Policy.objects.exists()
    assert not Payment.objects.exists()


def test_with_wechat_she_may(town: Town) -> None:
    li = town.resident(LI)
    policies = town.enrol(li, town.add(li, ZHAO, Relation.OTHER).relative, channel=WECHAT)
    assert [policy.state for policy in policies] == [PolicyState.ISSUED]
    assert town.executed() == [("paid", 10_000)]


def test_her_mother_in_residents_insurance_has_no_account_to_pay_from(town: Town) -> None:
    mother = town.resident(MOTHER)
    with pytest.raises(DomainError) as caught:
        town.place(mother, mother.person)
    assert caught.value.code == "personal_account_not_allowed"


def test_a_relation_that_the_register_does_not_show_is_refused_before_anything_is_reserved(town: Town) -> None:
    li = town.resident(LI)
    brother = town.add(li, ZHAO, Relation.SIBLING)
    zhao = town.resident(ZHAO)  # who agrees, and still the platform lets only registered relatives' accounts pay
    answer_kinship(kinship=brother, agrees=True, actor=zhao.actor, now=clock.now())
    order = town.choose(li, zhao.person)
    with pytest.raises(DomainError) as caught:
        authorise_relatives(scheme=town.scheme, payer=li.person, kinships=li.person.relatives.all(), actor=li.actor)
    assert caught.value.code == "kin_unknown"
    order.refresh_from_db()
    assert order.state == OrderState.DRAFT


def test_a_husband_is_authorised_once(town: Town) -> None:
    li = town.resident(LI)
    kinship = town.add(li, HUSBAND, Relation.SPOUSE)
    for_him = {"payer": li.person, "kinships": [kinship], "scheme": town.scheme, "actor": li.actor}
    assert authorise_relatives(**for_him) == 1
    assert authorise_relatives(**for_him) == 0
    kinship.refresh_from_db()
    assert kinship.authorisation_no


def test_an_unknown_way_to_pay_is_refused(town: Town) -> None:
    li = town.resident(LI)
    with pytest.raises(DomainError) as caught:
        town.place(li, li.person, channel="CASH")
    assert caught.value.code == "channel_unknown"


def test_a_stranger_can_do_nothing_with_lis_order(town: Town) -> None:
    li, zhao = town.resident(LI), town.resident(ZHAO)
    order = town.choose(li, li.person)
    from core import clock

    now = clock.now()
    for forbidden in (
        lambda: selectors.order_for(zhao.actor, order.number),
        lambda: actions.place_order(order=order, seen=order_version(order), channel=WECHAT, actor=zhao.actor, now=now),
        lambda: actions.cancel_order(order=order, seen=order_version(order), actor=zhao.actor, now=now),
        lambda: actions.give_up_payment(order=order, seen=order_version(order), actor=zhao.actor, now=now),
    ):
        with pytest.raises(NotFound):
            forbidden()
    with pytest.raises(DomainError) as caught:
        authorise_relatives(scheme=town.scheme, payer=li.person, kinships=[], actor=zhao.actor)
    assert caught.value.code == "person_missing"


def test_nobody_enrols_somebody_who_is_not_on_his_list(town: Town) -> None:
    li, zhao = town.resident(LI), town.resident(ZHAO)
    with pytest.raises(NotFound) as caught:
        town.choose(zhao, li.person)
    assert caught.value.code == "not_in_family"


def test_the_price_is_the_plans_whatever_a_line_says(town: Town) -> None:
    li = town.resident(LI)
    order = town.choose(li, li.person)
    order.lines.update(premium_fen=1)
    town.read_and_agree(li, order)
    from core import clock

    placed = actions.place_order(
        order=order, seen=order_version(order), channel=PERSONAL_ACCOUNT, actor=li.actor, now=clock.now()
    )
    assert placed.total_fen == 10_000
    payment = order_payment.open_payment(placed)
    assert payment is not None
    assert payment.amount_fen == 10_000
