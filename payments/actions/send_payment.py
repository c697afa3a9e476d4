"""Carry a payment on, one claimed row at a time: send it, find out about it, or end it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from payments import purposes
from payments.actions._payment_errand import PaymentErrand, may_be_late
from payments.actions.close_payment import end_unpaid
from payments.lifecycle import OPEN_PAYMENT_STATES, PaymentState
from payments.models import Payment
from payments.three_steps import SYSTEM, ask, send
from work.leases import lock_held, settle

ERRAND = PaymentErrand()


def send_payment(*, payment: Payment, token: int, now: datetime) -> None:
    """First sending of a CREATED payment; one whose time is over is closed unsent. Raises LeaseLost."""
    if now < payment.close_at:
        send(ERRAND, payment, token=token, now=now)
        return
    with transaction.atomic():
        purposes.get(payment.purpose).lock(payment.purpose_ref)
        row = lock_held(payment, token=token)
        end_unpaid(row, PaymentState.CLOSED, code="expired", actor=SYSTEM, now=now)
        settle(row, token=token, next_attempt_at=None)


def resolve_unknown(*, payment: Payment, token: int, now: datetime) -> None:
    """Ask the channel about a payment that was sent, and record, repeat or close accordingly. Raises LeaseLost."""
    ask(ERRAND, payment, token=token, now=now)


def carry_payment(payment: Payment, *, token: int, now: datetime) -> None:
    """Whatever is due for a claimed payment."""
    if payment.state == PaymentState.CREATED:
        send_payment(payment=payment, token=token, now=now)
    elif payment.state in OPEN_PAYMENT_STATES or may_be_late(payment):
        resolve_unknown(payment=payment, token=token, now=now)
    else:
        settle(payment, token=token, next_attempt_at=None)
