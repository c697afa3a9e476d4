"""The same order paid by WeChat Pay: an order at WeChat, the payer confirms there, WeChat tells us, or we ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core import clock
from ledger.selectors import balance_fen
from payments.actions import close_payment, renew_cashier
from payments.lifecycle import NotificationState, PaymentState, RefundState
from payments.models import Notification, Payment
from payments.shown import payment_version
from tests.payments.orders import EXPIRED, PAID, expire, state_of
from tests.payments.till import (
    CLERK,
    FOR_TWO_FEN,
    PREMIUMS,
    UNAPPLIED,
    WECHAT_CLEARING,
    Till,
    states,
    tasks_for_people,
    wait_until,
)


def ordered(till: Till) -> Payment:
    """At WeChat's cashier, not yet confirmed by the payer."""
    payment = till.pay_by_wechat()
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.AWAITING_PAYER
    return payment


def paid(till: Till) -> Payment:
    """Paid at the cashier and told to us."""
    payment = ordered(till)
    till.sandbox.pay_wechat(payment.number)
    wait_until(Notification.objects.exists)
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    return payment


def test_order_pay_at_the_cashier_and_the_notification_confirms(open_till: Till) -> None:
    payment = ordered(open_till)
    assert payment.cashier_url.startswith(open_till.sandbox.base_url)
    assert balance_fen(**WECHAT_CLEARING) == 0
    transaction_id = open_till.sandbox.pay_wechat(payment.number)
    wait_until(Notification.objects.exists)
    open_till.work()
    payment.refresh_from_db()
    assert states(payment) == ["CREATED", "SENDING", "AWAITING_PAYER", "PAID"]
    assert payment.channel_transaction_no == transaction_id
    notification = Notification.objects.get()
    assert (notification.state, notification.payment_id) == (NotificationState.PROCESSED, payment.pk)
    assert open_till.executed("wechat") == [(payment.number, FOR_TWO_FEN)]
    assert (balance_fen(**WECHAT_CLEARING), balance_fen(**PREMIUMS)) == (FOR_TWO_FEN, -FOR_TWO_FEN)
    assert state_of("order-1") == PAID
    open_till.assert_books_agree()


@pytest.mark.faults
def test_a_notification_that_never_comes_is_found_by_asking(open_till: Till, later: Callable[..., None]) -> None:
    open_till.sandbox.fault("wechat", "notify", "notify_lost")
    payment = ordered(open_till)
    open_till.sandbox.pay_wechat(payment.number)
    later(seconds=5)
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    assert Notification.objects.count() == 0
    open_till.assert_books_agree()


@pytest.mark.faults
def test_two_copies_in_the_same_moment_are_one_message(open_till: Till) -> None:
    open_till.sandbox.fault("wechat", "notify", "notify_duplicate", copies=4)
    payment = ordered(open_till)
    open_till.sandbox.pay_wechat(payment.number)
    wait_until(lambda: open_till.sandbox.notifications()[0]["state"] == "delivered")
    assert Notification.objects.count() == 1
    open_till.work()
    payment.refresh_from_db()
    assert states(payment).count("PAID") == 1
    assert balance_fen(**WECHAT_CLEARING) == FOR_TWO_FEN


@pytest.mark.faults
def test_the_same_message_a_day_later_is_acknowledged_and_changes_nothing(
    open_till: Till, later: Callable[..., None]
) -> None:
    payment = paid(open_till)
    later(days=1)
    [message] = open_till.sandbox.notifications()
    assert open_till.sandbox.replay(message["id"]) == "200"
    open_till.work()
    assert Notification.objects.count() == 1
    assert balance_fen(**WECHAT_CLEARING) == FOR_TWO_FEN
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["drop_reply", "error_after", "garbage", "tamper_reply", "forge_reply"])
def test_an_order_whose_reply_is_lost_gets_its_cashier_by_sending_the_same_again(
    open_till: Till, later: Callable[..., None], kind: str
) -> None:
    open_till.sandbox.fault("wechat", "order", kind)
    payment = open_till.pay_by_wechat()
    open_till.work()
    payment.refresh_from_db()
    assert (payment.state, payment.cashier_url) == (PaymentState.UNKNOWN, "")
    later(seconds=3)
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.AWAITING_PAYER
    assert payment.cashier_url
    open_till.sandbox.pay_wechat(payment.number)
    later(seconds=10)
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    assert open_till.executed("wechat") == [(payment.number, FOR_TWO_FEN)]


def test_an_outlived_cashier_address_is_renewed_for_the_same_order(open_till: Till, later: Callable[..., None]) -> None:
    payment = ordered(open_till)
    later(minutes=6)
    renew_cashier(payment=payment, seen=payment_version(payment), now=clock.now())
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.AWAITING_PAYER
    assert payment.cashier_expires_at is not None and payment.cashier_expires_at > clock.now()
    open_till.sandbox.pay_wechat(payment.number)
    assert open_till.executed("wechat") == [(payment.number, FOR_TWO_FEN)]


def test_nobody_pays_in_time_and_the_order_is_closed_there_and_here(
    open_till: Till, later: Callable[..., None]
) -> None:
    payment = ordered(open_till)
    later(minutes=31)
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.CLOSED
    assert state_of("order-1") == EXPIRED
    with pytest.raises(ValueError, match="CLOSED"):
        open_till.sandbox.pay_wechat(payment.number)


def test_given_up_by_the_payer_it_is_closed_once_wechat_agrees(open_till: Till) -> None:
    payment = ordered(open_till)
    closing = close_payment(payment=payment, actor=CLERK, now=clock.now())
    assert closing.state == PaymentState.AWAITING_PAYER  # it may have been paid a moment ago
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.CLOSED


@pytest.mark.faults
def test_paid_in_the_moment_of_giving_up_counts_as_paid(open_till: Till) -> None:
    open_till.sandbox.fault("wechat", "notify", "notify_lost")
    payment = ordered(open_till)
    open_till.sandbox.pay_wechat(payment.number)
    close_payment(payment=payment, actor=CLERK, now=clock.now())
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    open_till.assert_books_agree()


@pytest.mark.faults
def test_closed_here_but_paid_after_all_is_recorded_and_goes_back(open_till: Till, later: Callable[..., None]) -> None:
    """WeChat denies the order, so we give up on it; then its notification arrives."""
    payment = ordered(open_till)
    open_till.sandbox.fault("wechat", "query", "not_found", count=-1)
    open_till.sandbox.fault("wechat", "close", "refuse", code="ORDER_NOT_EXIST", status=404)
    open_till.sandbox.fault("wechat", "notify", "notify_lost")
    open_till.sandbox.pay_wechat(payment.number)
    close_payment(payment=payment, actor=CLERK, now=clock.now())
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.AWAITING_PAYER  # "no such order" so soon proves nothing
    later(seconds=61)
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.CLOSED
    [message] = open_till.sandbox.notifications()
    assert open_till.sandbox.replay(message["id"]) == "200"
    open_till.work()
    payment.refresh_from_db()
    assert payment.covered is False
    open_till.sandbox.clear_faults()
    later(seconds=5)
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert [fen for _number, fen in open_till.executed("wechat")] == [FOR_TWO_FEN, -FOR_TWO_FEN]
    assert balance_fen(**UNAPPLIED) == 0
    open_till.assert_books_agree()


@pytest.mark.faults
def test_an_order_that_expired_while_she_paid_is_refunded(open_till: Till, later: Callable[..., None]) -> None:
    payment = ordered(open_till)
    expire("order-1")
    open_till.sandbox.pay_wechat(payment.number)
    wait_until(Notification.objects.exists)
    # On a busy machine the refund's message would come before the first look below.
    open_till.sandbox.fault("wechat", "notify", "notify_lost")
    open_till.work()
    payment.refresh_from_db()
    assert (payment.state, payment.covered) == (PaymentState.PAID, False)
    assert balance_fen(**UNAPPLIED) == -FOR_TWO_FEN
    later(seconds=5)
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    open_till.assert_books_agree()


def test_a_refund_in_two_parts_confirmed_by_notification(open_till: Till) -> None:
    payment = paid(open_till)
    first = open_till.refund(payment, 5_000)
    open_till.work()
    wait_until(lambda: Notification.objects.filter(event_type="REFUND.SUCCESS").exists())
    open_till.work()
    first.refresh_from_db()
    payment.refresh_from_db()
    assert (first.state, payment.state) == (RefundState.REFUNDED, PaymentState.PART_REFUNDED)
    open_till.refund(payment, 15_000)
    open_till.work()
    wait_until(lambda: Notification.objects.filter(event_type="REFUND.SUCCESS").count() == 2)
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    assert balance_fen(**PREMIUMS) == 0
    open_till.assert_books_agree()


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["drop_reply", "error_after", "drop_before", "error_before"])
def test_a_refund_whose_reply_is_lost_is_made_once(open_till: Till, later: Callable[..., None], kind: str) -> None:
    payment = paid(open_till)
    open_till.sandbox.fault("wechat", "notify", "notify_lost")
    open_till.sandbox.fault("wechat", "refund", kind)
    refund = open_till.refund(payment, FOR_TWO_FEN)
    open_till.work()
    refund.refresh_from_db()
    assert refund.state == RefundState.UNKNOWN
    later(seconds=61)
    open_till.work()
    later(seconds=10)
    open_till.work()
    refund.refresh_from_db()
    assert refund.state == RefundState.REFUNDED
    assert open_till.executed("wechat", "refunded") == [(refund.number, -FOR_TWO_FEN)]
    open_till.assert_books_agree()


@pytest.mark.faults
def test_a_refund_that_wechat_refuses_waits_for_a_person(open_till: Till) -> None:
    payment = paid(open_till)
    open_till.sandbox.fault("wechat", "refund", "refuse", code="NOT_ENOUGH")
    refund = open_till.refund(payment, FOR_TWO_FEN)
    open_till.work()
    refund.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.state, payment.state) == (RefundState.REFUSED, PaymentState.PAID)
    assert tasks_for_people() == [("payments.refund", "the channel refused: NOT_ENOUGH")]
    # The person tries again: a refused refund does not count against the sum.
    open_till.refund(payment, FOR_TWO_FEN)
