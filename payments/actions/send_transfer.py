"""Carry a transfer on, one claimed row at a time."""

from __future__ import annotations

from datetime import datetime

from payments.actions._transfer_errand import TransferErrand
from payments.lifecycle import LIVE_TRANSFER_STATES, TransferState
from payments.models import Transfer
from payments.three_steps import ask, send
from work.leases import settle

ERRAND = TransferErrand()


def send_transfer(*, transfer: Transfer, token: int, now: datetime) -> None:
    """First sending of a CREATED transfer. Raises LeaseLost."""
    send(ERRAND, transfer, token=token, now=now)


def carry_transfer(transfer: Transfer, *, token: int, now: datetime) -> None:
    """Whatever is due for a claimed transfer; a paid one is asked about again in case it was returned."""
    if transfer.state == TransferState.CREATED:
        send_transfer(transfer=transfer, token=token, now=now)
    elif transfer.state in LIVE_TRANSFER_STATES:
        ask(ERRAND, transfer, token=token, now=now)
    else:
        settle(transfer, token=token, next_attempt_at=None)
