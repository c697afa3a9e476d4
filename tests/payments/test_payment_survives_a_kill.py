"""The same for money in and money back: a process is killed at every step, the account is debited or credited once."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest
from django.test import Client

from ledger.models import Transaction
from payments.lifecycle import NotificationState, PaymentState, RefundState
from payments.models import Notification, Payment, Refund
from payments.steps import NOTIFICATION_STEPS, PAYMENT_STEPS, REFUND_STEPS
from tests.payments import sweeping
from tests.payments.orders import PAID, REFUNDED, open_order, state_of
from tests.payments.till import FOR_TWO_FEN, NOTIFY, Till, states
from tests.payments.wechat_desk import WechatDesk
from tests.payments.worker import Worker
from work.models import OutboxMessage

pytestmark = pytest.mark.faults

Start = Callable[..., Worker]


def finish(till: Till, later: Callable[..., None]) -> None:
    """After the lease of the dead worker, and again after the channel's time of grace."""
    for _turn in range(3):
        later(minutes=3)
        till.work()


@pytest.mark.parametrize("step", PAYMENT_STEPS)
def test_killed_at_any_step_the_premium_is_taken_exactly_once(
    till: Till, worker: Start, later: Callable[..., None], step: str
) -> None:
    ref = open_order()
    if step.startswith("payment.created"):
        assert worker("pay_from_account", ref, CRASH_AT=step).wait() == -signal.SIGKILL
        till.pay_from_account(ref)  # she presses again: the same payment, if it was written
    else:
        till.pay_from_account(ref)
        assert worker("sweep_payments", CRASH_AT=step).wait() == -signal.SIGKILL
    finish(till, later)
    payment = Payment.objects.get()
    assert payment.state == PaymentState.PAID
    assert states(payment).count("PAID") == 1
    assert till.executed("account") == [(payment.number, FOR_TWO_FEN)]
    assert Transaction.objects.filter(kind="payment").count() == 1
    assert OutboxMessage.objects.filter(topic="test.covered").count() == 1
    assert state_of(ref) == PAID
    till.assert_books_agree()


def test_control_with_blind_retries_under_new_numbers_the_premium_is_taken_twice(
    till: Till, worker: Start, later: Callable[..., None]
) -> None:
    till.pay_from_account()
    assert worker("sweep_payments", CRASH_AT="payment.channel_executed").wait() == -signal.SIGKILL
    later(minutes=3)
    off = "payments.query_first,payments.same_number,payments.same_bytes"
    assert worker("sweep_payments", GUARDS_OFF=off).wait() == 0
    assert [fen for _number, fen in till.executed("account")] == [FOR_TWO_FEN, FOR_TWO_FEN]


@pytest.mark.parametrize("step", REFUND_STEPS)
def test_killed_at_any_step_the_refund_is_made_exactly_once(
    till: Till, worker: Start, later: Callable[..., None], step: str
) -> None:
    payment = till.pay_from_account()
    till.work()
    if step.startswith("refund.created"):
        assert worker("refund", CRASH_AT=step).wait() == -signal.SIGKILL
        if not Refund.objects.exists():
            till.refund(payment, FOR_TWO_FEN)
    else:
        till.refund(payment, FOR_TWO_FEN)
        assert worker("sweep_refunds", CRASH_AT=step).wait() == -signal.SIGKILL
    finish(till, later)
    refund = Refund.objects.get()
    payment.refresh_from_db()
    assert (refund.state, payment.state) == (RefundState.REFUNDED, PaymentState.REFUNDED)
    assert till.executed("account", "refunded") == [(refund.number, -FOR_TWO_FEN)]
    assert Transaction.objects.filter(kind="refund").count() == 1
    assert state_of("order-1") == REFUNDED
    till.assert_books_agree()


@pytest.mark.parametrize("step", [step for step in NOTIFICATION_STEPS if not step.startswith("notification.stored")])
def test_killed_while_processing_a_notification_it_counts_exactly_once(
    till: Till, worker: Start, later: Callable[..., None], client: Client, step: str
) -> None:
    payment = till.pay_by_wechat()
    till.work()
    headers, body = WechatDesk(till.sandbox).paid(payment)
    assert client.post(NOTIFY, body, content_type="application/json", headers=headers).status_code == 200
    assert worker("sweep_notifications", CRASH_AT=step).wait() == -signal.SIGKILL
    later(minutes=3)
    sweeping.sweep_notifications()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    assert Notification.objects.get().state == NotificationState.PROCESSED
    assert Transaction.objects.filter(kind="payment").count() == 1


@pytest.mark.parametrize("step", [step for step in NOTIFICATION_STEPS if step.startswith("notification.stored")])
def test_killed_while_storing_a_notification_wechat_sends_it_again(
    till: Till, worker: Start, client: Client, step: str
) -> None:
    """Not acknowledged, so it comes again; stored or not the first time, it counts once."""
    payment = till.pay_by_wechat()
    till.work()
    headers, body = WechatDesk(till.sandbox).paid(payment)
    assert worker("receive", json.dumps(headers), body.decode(), CRASH_AT=step).wait() == -signal.SIGKILL
    assert client.post(NOTIFY, body, content_type="application/json", headers=headers).status_code == 200
    till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    assert Notification.objects.count() == 1
