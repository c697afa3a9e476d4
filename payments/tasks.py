"""Celery adapters of this room: claim rows, carry each one on. The rows are the queue; messages are hints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from celery import shared_task
from django.db.models import QuerySet

from core import clock
from payments.actions.process_notification import work_notification
from payments.actions.send_payment import ERRAND as PAYMENT
from payments.actions.send_payment import carry_payment
from payments.actions.send_refund import ERRAND as REFUND
from payments.actions.send_refund import carry_refund
from payments.actions.send_transfer import ERRAND as TRANSFER
from payments.actions.send_transfer import carry_transfer
from payments.models import Notification, Payment, Refund, Transfer
from payments.three_steps import work
from work.leases import claim_due
from work.models import LeasedModel

L = TypeVar("L", bound=LeasedModel)

# One sweep ends well before Celery's time limit, also when a channel answers nothing; the next one goes on.
SWEEP_LIMIT = 200
SWEEP_TIME = timedelta(minutes=1)


@shared_task
def sweep_payments() -> int:
    return _sweep(Payment.objects.all(), _payment)


@shared_task
def sweep_refunds() -> int:
    return _sweep(Refund.objects.all(), _refund)


@shared_task
def sweep_transfers() -> int:
    return _sweep(Transfer.objects.all(), _transfer)


@shared_task
def sweep_notifications() -> int:
    return _sweep(Notification.objects.all(), _notification)


@shared_task
def advance_payment(payment_id: int) -> int:
    return _sweep(Payment.objects.filter(pk=payment_id), _payment, limit=1)


@shared_task
def advance_refund(refund_id: int) -> int:
    return _sweep(Refund.objects.filter(pk=refund_id), _refund, limit=1)


@shared_task
def advance_transfer(transfer_id: int) -> int:
    return _sweep(Transfer.objects.filter(pk=transfer_id), _transfer, limit=1)


@shared_task
def advance_notification(notification_id: int) -> int:
    return _sweep(Notification.objects.filter(pk=notification_id), _notification, limit=1)


def _sweep(rows: QuerySet[L], carry_on: Callable[[L, datetime], bool], *, limit: int = SWEEP_LIMIT) -> int:
    """Claim and carry on one row after the other: a lease must outlive one call of a channel, not a batch of them."""
    done, started_at = 0, clock.now()
    for _turn in range(limit):
        now = clock.now()
        if now - started_at > SWEEP_TIME:
            break
        claimed = claim_due(rows, now=now, limit=1)
        if not claimed:
            break
        done += carry_on(claimed[0], now)
    return done


def _payment(row: Payment, now: datetime) -> bool:
    return work(PAYMENT, row, carry_payment, now=now)


def _refund(row: Refund, now: datetime) -> bool:
    return work(REFUND, row, carry_refund, now=now)


def _transfer(row: Transfer, now: datetime) -> bool:
    return work(TRANSFER, row, carry_transfer, now=now)


def _notification(row: Notification, now: datetime) -> bool:
    return work_notification(row, now=now)
