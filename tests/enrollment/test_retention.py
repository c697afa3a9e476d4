"""What the law makes us keep outlasts the wish to leave; an order that waits for money does too (Insurance Law 87)."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.actions import close_account
from accounts.lifecycle import DataRequestState
from accounts.retention import holds_on
from core import clock
from enrollment import actions
from enrollment.lifecycle import OrderState, PolicyState
from enrollment.models import Policy
from enrollment.retention import holds, kept_until
from enrollment.shown import order_version, policy_version
from people.models import Person
from people.relations import Relation
from tests.enrollment.helpers import WECHAT, Town
from tests.people.helpers import DAUGHTER, HUSBAND, LI, MOTHER, ZHAO, Resident, account


def ends(resident: Resident) -> list[date | None]:
    return [hold.until for hold in holds(resident.user.pk)]


def leave(resident: Resident) -> str:
    return close_account(user=resident.user, actor=resident.actor, now=clock.now()).state


def test_a_year_of_cover_is_kept_five_years_and_a_longer_one_ten() -> None:
    assert kept_until(date(2027, 1, 1), date(2028, 1, 1)) == date(2033, 1, 1)
    assert kept_until(date(2027, 1, 1), date(2028, 1, 2)) == date(2038, 1, 2)
    assert kept_until(date(2027, 3, 1), date(2028, 2, 29)) == date(2033, 3, 1)


def test_a_contract_holds_the_payer_and_the_insured_and_nobody_else(town: Town) -> None:
    li, zhao = town.resident(LI), town.resident(ZHAO)
    town.enrol(li, town.add(li, MOTHER, Relation.PARENT).relative)
    assert ends(li) == ends(town.resident(MOTHER)) == [date(2033, 1, 1)]
    assert ends(zhao) == []
    assert date(2033, 1, 1) in [hold.until for hold in holds_on(li.user.pk)]
    assert (leave(li), leave(zhao)) == (DataRequestState.REFUSED, DataRequestState.DONE)


def test_a_surrendered_policy_was_a_contract_and_a_cart_was_none(town: Town) -> None:
    li, zhao = town.resident(LI), town.resident(ZHAO)
    [policy] = town.enrol(li, li.person)
    actions.surrender_policy(policy=policy, seen=policy_version(policy), actor=li.actor, now=clock.now())
    assert ends(li) == [date(2033, 1, 1)]
    town.choose(zhao, zhao.person)
    assert ends(zhao) == []


def test_nobody_leaves_while_her_money_may_still_arrive(town: Town) -> None:
    li = town.resident(LI)
    order = town.place(li, li.person, channel=WECHAT)
    town.work()
    assert ends(li) == [None]
    assert leave(li) == DataRequestState.REFUSED
    actions.give_up_payment(order=order, seen=order_version(order), actor=li.actor, now=clock.now())
    town.work()
    actions.cancel_order(order=order, seen=order_version(order), actor=li.actor, now=clock.now())
    assert leave(li) == DataRequestState.DONE


def test_who_leaves_without_a_contract_is_forgotten_and_may_come_back(town: Town) -> None:
    li, daughter = town.resident(LI), town.resident(DAUGHTER)
    mother = town.add(li, MOTHER, Relation.PARENT).relative
    town.add(li, HUSBAND, Relation.SPOUSE)
    town.add(daughter, MOTHER, Relation.GRANDPARENT)
    assert leave(li) == DataRequestState.DONE
    assert set(Person.objects.all()) == {mother, daughter.person}
    again = town.resident(LI)
    assert (again.user.pk != li.user.pk, again.person.user_id) == (True, again.user.pk)


def test_a_cart_left_behind_ends_and_its_people_are_nobodys_account_any_more(town: Town) -> None:
    li = town.resident(LI)
    cart = town.choose(li, li.person)
    assert leave(li) == DataRequestState.DONE
    cart.refresh_from_db()
    assert (cart.state, cart.payer.user_id) == (OrderState.CANCELLED, None)
    assert town.resident(LI).person == li.person


@pytest.mark.parametrize("phone", ["", LI[2]])
def test_money_buys_its_cover_also_when_nobody_can_be_told(town: Town, phone: str) -> None:
    """Should an account be emptied in the very moment of paying, the payment must not hang on a text message."""
    li = town.resident(LI)
    order = town.place(li, li.person)
    user = account(LI[2])
    user.phone = phone
    user.closed_at = None if phone else clock.now()
    user.save()
    town.work()
    order.refresh_from_db()
    assert (order.state, Policy.objects.get().state) == (OrderState.PAID, PolicyState.ISSUED)
