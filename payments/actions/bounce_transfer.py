"""退票: the payee's bank returned money that was paid. The books are reversed and the purpose decides anew."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

import ledger.actions as ledger
from core.actors import Actor
from ledger.models import Transaction
from payments import purposes
from payments.lifecycle import TransferState
from payments.models import Transfer
from payments.three_steps import SYSTEM
from work.lifecycle import transition


def bounce_transfer(*, transfer: Transfer, text: str, now: datetime, actor: Actor = SYSTEM) -> Transfer:
    """PAID → BOUNCED + reversing entry + the purpose's on_bounced, in one transaction. Bouncing again changes nothing.

    text: the bank's reason, for the payee and staff. Nothing is sent again by itself. Raises IllegalTransition
    when the transfer was not paid.
    """
    purpose = purposes.get_transfer(transfer.purpose)
    with transaction.atomic():
        purpose.lock(transfer.purpose_ref)
        row = Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
        if row.state == TransferState.BOUNCED:
            return row
        transition(
            row,
            TransferState.BOUNCED,
            actor=actor,
            now=now,
            bounced_at=now,
            outcome_code="bounced",
            outcome_text=text,
            next_attempt_at=None,
        )
        ledger.reverse(
            original=Transaction.objects.get(kind="payout", reference=row.number),
            kind="payout_bounced",
            reference=row.number,
            now=now,
            reason="returned by the payee's bank",
        )
        purpose.on_bounced(row, now=now)
    return row
