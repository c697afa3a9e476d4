"""Orders that nobody pays end by themselves, never while a payment is under way; late money goes back (M2, M4)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core import clock
from core.errors import Conflict, DomainError
from enrollment import actions
from enrollment.lifecycle import OrderState, PolicyState
from enrollment.models import Order, Policy
from enrollment.shown import order_version
from ledger.selectors import balance_fen
from people.models import Person
from people.relations import Relation
from tests.enrollment.helpers import WECHAT, Town
from tests.people.helpers import LI, MOTHER, ZHAO, Resident


@pytest.fixture
def li(town: Town) -> Resident:
    return town.resident(LI)


def states(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.state, Policy.objects.get(order_line__order=order).state


def unpaid(town: Town, li: Resident) -> Order:
    """A placed order whose payment was refused: her account is empty."""
    town.sandbox.put_person(psn_no=li.person.psn_no, balance_fen=0)
    order = town.place(li, li.person)
    town.work()
    return order


def test_an_unpaid_order_is_kept_for_30_minutes_and_not_longer(town: Town, li: Resident) -> None:
    order = unpaid(town, li)
    placed_at = order.placed_at
    assert placed_at is not None
    from datetime import timedelta

    assert actions.expire_orders(now=placed_at + timedelta(minutes=30) - timedelta(microseconds=1)) == 0
    assert states(order) == (OrderState.PLACED, PolicyState.RESERVED)
    assert actions.expire_orders(now=placed_at + timedelta(minutes=30)) == 1
    assert states(order) == (OrderState.EXPIRED, PolicyState.RELEASED)
    assert actions.expire_orders(now=placed_at + timedelta(minutes=31)) == 0


def test_an_order_with_a_payment_under_way_is_left_alone_however_late(town: Town, li: Resident) -> None:
    town.sandbox.fault("nhsa", "HZ01", "drop_reply")
    order = town.place(li, li.person)
    town.pass_time(hours=2)
    assert actions.expire_orders(now=clock.now()) == 0
    assert states(order) == (OrderState.PLACED, PolicyState.RESERVED)


def test_a_cart_is_kept_for_a_week(town: Town, li: Resident) -> None:
    order = town.choose(li, li.person)
    assert actions.expire_orders(now=order.expires_at) == 1
    order.refresh_from_db()
    assert order.state == OrderState.EXPIRED


def test_choosing_again_changes_the_cart_instead_of_making_another(town: Town, li: Resident) -> None:
    assert town.choose(li, li.person) == town.choose(li, li.person)
    assert Order.objects.count() == 1


def test_other_people_are_another_order_and_what_was_agreed_to_for_the_first_does_not_count(
    town: Town, li: Resident
) -> None:
    """Two tabs: one stands at the payment page for Li alone, the other chooses her mother too."""
    for_one = town.choose(li, li.person)
    town.read_and_agree(li, for_one)
    mother = town.add(li, MOTHER, Relation.PARENT).relative
    for_two = town.choose(li, li.person, mother)
    assert for_two != for_one
    with pytest.raises(Conflict) as caught:
        actions.place_order(order=for_one, seen=order_version(for_one), channel=WECHAT, actor=li.actor, now=clock.now())
    assert caught.value.code == "order_already_placed"
    with pytest.raises(DomainError) as unread:
        actions.place_order(order=for_two, seen=order_version(for_two), channel=WECHAT, actor=li.actor, now=clock.now())
    assert unread.value.code == "acknowledgement_missing"
    for_one.refresh_from_db()
    assert (for_one.state, Policy.objects.count()) == (OrderState.CANCELLED, 0)


def test_two_tabs_choosing_in_the_same_moment_leave_one_cart(town: Town, li: Resident) -> None:
    mother = town.add(li, MOTHER, Relation.PARENT).relative
    town.choose(li, li.person)
    with ThreadPoolExecutor(max_workers=4) as tabs:
        choices = [tabs.submit(_in_a_tab, town, li, people) for people in ([mother], [li.person, mother]) * 3]
        assert all(choice.result().pk for choice in choices)
    assert Order.objects.filter(state=OrderState.DRAFT).count() == 1


def _in_a_tab(town: Town, li: Resident, people: list[Person]) -> Order:
    try:
        return town.choose(li, *people)
    finally:
        connection.close()


def test_orders_that_wait_for_a_silent_channel_do_not_keep_the_others_from_expiring(town: Town, li: Resident) -> None:
    town.sandbox.fault("nhsa", "HZ01", "drop_reply")
    town.place(li, li.person)
    zhao = town.resident(ZHAO)
    cart = town.choose(zhao, zhao.person)
    assert actions.expire_orders(now=cart.expires_at, limit=1) == 1
    cart.refresh_from_db()
    assert cart.state == OrderState.EXPIRED


def test_no_cancelling_while_the_payer_may_still_pay(town: Town, li: Resident) -> None:
    order = town.place(li, li.person, channel=WECHAT)
    town.work()
    with pytest.raises(Conflict) as caught:
        actions.cancel_order(order=order, seen=order_version(order), actor=li.actor, now=clock.now())
    assert caught.value.code == "payment_in_progress"
    assert not actions.give_up_payment(order=order, seen=order_version(order), actor=li.actor, now=clock.now())
    town.work()
    actions.cancel_order(order=order, seen=order_version(order), actor=li.actor, now=clock.now())
    assert states(order) == (OrderState.CANCELLED, PolicyState.RELEASED)


def test_money_for_an_expired_order_goes_back_in_full(town: Town, li: Resident) -> None:
    """The payment was closed as unpaid and paid after all; the order has ended meanwhile."""
    order = town.place(li, li.person, channel=WECHAT)
    town.work()
    from payments.actions import confirm_payment
    from payments.models import Payment

    payment = Payment.objects.get()
    actions.give_up_payment(order=order, seen=order_version(order), actor=li.actor, now=clock.now())
    town.work()
    actions.cancel_order(order=order, seen=order_version(order), actor=li.actor, now=clock.now())
    confirm_payment(
        payment=payment, channel_transaction_no="WX-late", amount_fen=10_000, paid_at=clock.now(), now=clock.now()
    )
    assert states(order) == (OrderState.CANCELLED, PolicyState.RELEASED)
    refund = payment.refunds.get()
    assert (refund.amount_fen, refund.reason) == (10_000, "order_not_waiting")
    assert balance_fen("liability.premium", plan_year="smx-2027") == 0
    assert balance_fen("liability.unapplied", plan_year="smx-2027") == -10_000


def test_a_paid_order_is_not_paid_again(town: Town, li: Resident) -> None:
    [policy] = town.enrol(li, li.person)
    order = policy.order_line.order
    with pytest.raises(Conflict) as caught:
        actions.retry_payment(order=order, seen=order_version(order), channel=WECHAT, actor=li.actor, now=clock.now())
    assert caught.value.code == "order_not_waiting"
