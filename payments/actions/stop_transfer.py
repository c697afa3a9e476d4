"""What is no longer owed does not leave, as long as the bank has not heard of it."""

from __future__ import annotations

from datetime import datetime

from core.actors import Actor
from payments.lifecycle import TransferState
from payments.models import Transfer
from work.lifecycle import transition


def stop_transfer(*, purpose: str, purpose_ref: str, reason: str, actor: Actor, now: datetime) -> bool:
    """CREATED → STOPPED of the obligation's transfer, in the caller's transaction, which holds the lock that the
    purpose registered (payments.purposes). True: nothing has left and nothing will.

    False when it is on its way already, or was paid: then the bank is asked, as always, and nothing is changed here. A
    worker that has claimed the row takes the same lock before it sends, so one of the two is first.
    """
    waiting = Transfer.objects.select_for_update(of=("self",)).filter(
        purpose=purpose, purpose_ref=purpose_ref, state=TransferState.CREATED
    )
    found = waiting.first()
    if found is None:
        return False
    transition(found, TransferState.STOPPED, actor=actor, now=now, reason=reason, next_attempt_at=None)
    return True
