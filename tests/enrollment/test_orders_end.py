"""Orders that nobody pays end by themselves, never while a payment is under way; late money goes back (M2, M4)."""

from __future__ import annotations

import pytest

from core import clock
from core.errors import Conflict
from enrollment import actions
from enrollment.lifecycle import OrderState, PolicyState
from enrollment.models import Order, Policy
from ledger.selectors import balance_fen
from tests.enrollment.helpers import LI, WECHAT, Resident, Town


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


def test_no_cancelling_while_the_payer_may_still_pay(town: Town, li: Resident) -> None:
    order = town.place(li, li.person, channel=WECHAT)
    town.work()
    with pytest.raises(Conflict) as caught:
        actions.cancel_order(order=order, actor=li.actor, now=clock.now())
    assert caught.value.code == "payment_in_progress"
    assert not actions.give_up_payment(order=order, actor=li.actor, now=clock.now())
    town.work()
    actions.cancel_order(order=order, actor=li.actor, now=clock.now())
    assert states(order) == (OrderState.CANCELLED, PolicyState.RELEASED)


def test_money_for_an_expired_order_goes_back_in_full(town: Town, li: Resident) -> None:
    """The payment was closed as unpaid and paid after all; the order has ended meanwhile."""
    order = town.place(li, li.person, channel=WECHAT)
    town.work()
    from payments.actions import confirm_payment
    from payments.models import Payment

    payment = Payment.objects.get()
    actions.give_up_payment(order=order, actor=li.actor, now=clock.now())
    town.work()
    actions.cancel_order(order=order, actor=li.actor, now=clock.now())
    confirm_payment(
        payment=payment, channel_transaction_no="WX-late", amount_fen=10_000, paid_at=clock.now(), now=clock.now()
    )
    assert states(order) == (OrderState.CANCELLED, PolicyState.RELEASED)
    refund = payment.refunds.get()
    assert (refund.amount_fen, refund.reason) == (10_000, "order_not_waiting")
    assert balance_fen("liability.premium.smx-2027") == 0
    assert balance_fen("liability.unapplied.smx-2027") == -10_000


def test_a_paid_order_is_not_paid_again(town: Town, li: Resident) -> None:
    [policy] = town.enrol(li, li.person)
    order = policy.order_line.order
    with pytest.raises(Conflict) as caught:
        actions.retry_payment(order=order, channel=WECHAT, actor=li.actor, now=clock.now())
    assert caught.value.code == "order_not_waiting"
