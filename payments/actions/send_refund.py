"""Carry a refund on, one claimed row at a time."""

from __future__ import annotations

from datetime import datetime

from payments.actions._refund_errand import RefundErrand
from payments.lifecycle import OPEN_REFUND_STATES, RefundState
from payments.models import Refund
from payments.three_steps import ask, send
from work.leases import settle

ERRAND = RefundErrand()


def send_refund(*, refund: Refund, token: int, now: datetime) -> None:
    """First sending of a REQUESTED refund. Raises LeaseLost."""
    send(ERRAND, refund, token=token, now=now)


def carry_refund(refund: Refund, *, token: int, now: datetime) -> None:
    """Whatever is due for a claimed refund."""
    if refund.state == RefundState.REQUESTED:
        send_refund(refund=refund, token=token, now=now)
    elif refund.state in OPEN_REFUND_STATES:
        ask(ERRAND, refund, token=token, now=now)
    else:
        settle(refund, token=token, next_attempt_at=None)
