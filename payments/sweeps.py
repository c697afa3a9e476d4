"""What is carried on in the money lane. A channel that does not answer holds up what goes to it, and nothing else:
of the rows of one channel a few are in flight at once, over all workers.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from payments.actions.process_notification import work_notification
from payments.actions.send_payment import ERRAND as PAYMENT
from payments.actions.send_payment import carry_payment
from payments.actions.send_refund import ERRAND as REFUND
from payments.actions.send_refund import carry_refund
from payments.actions.send_transfer import ERRAND as TRANSFER
from payments.actions.send_transfer import carry_transfer
from payments.models import Notification, Payment, Refund, Transfer
from payments.three_steps import work
from work import sweeps
from work.lanes import Lane
from work.sweeps import Sweep


def register() -> None:
    most = settings.CALLS_AT_ONCE_PER_CHANNEL
    sweeps.register(
        Sweep("notifications", Lane.MONEY, rows=Notification.objects.all, carry=_notification, batch=4, width=2)
    )
    sweeps.register(Sweep("payments", Lane.MONEY, rows=Payment.objects.all, carry=_payment, bound="channel", most=most))
    sweeps.register(
        Sweep("refunds", Lane.MONEY, rows=Refund.objects.all, carry=_refund, bound="payment__channel", most=most)
    )
    sweeps.register(
        Sweep("transfers", Lane.MONEY, rows=Transfer.objects.all, carry=_transfer, bound="channel", most=most)
    )


def _payment(row: Payment, now: datetime) -> bool:
    return work(PAYMENT, row, carry_payment, now=now)


def _refund(row: Refund, now: datetime) -> bool:
    return work(REFUND, row, carry_refund, now=now)


def _transfer(row: Transfer, now: datetime) -> bool:
    return work(TRANSFER, row, carry_transfer, now=now)


def _notification(row: Notification, now: datetime) -> bool:
    return work_notification(row, now=now)
