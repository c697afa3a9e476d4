"""What the bank said about a transfer, written down with its consequences."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

import ledger.actions as ledger
from core import guards
from core.actors import Actor
from core.errors import Conflict, DomainError
from payments import purposes
from payments.booking import booking_day
from payments.lifecycle import TransferState
from payments.models import Transfer
from payments.money_accounts import fixed_of, transfer_channel_of
from payments.three_steps import SYSTEM, no_longer_asked
from work.lifecycle import transition


def confirm_transfer(
    *, transfer: Transfer, bank_serial: str, amount_fen: int, paid_at: datetime, now: datetime, actor: Actor = SYSTEM
) -> Transfer:
    """Transfer PAID + ledger + the purpose's on_paid, in one transaction. Confirming again changes nothing.

    It is looked at again for some days, because the payee's bank may return it. Raises DomainError("amount_mismatch"),
    Conflict("paid_twice") when the bank contradicts what we know: then nothing is changed.
    """
    purpose, channel = purposes.get_transfer(transfer.purpose), transfer_channel_of(transfer)
    with transaction.atomic():
        purpose.lock(transfer.purpose_ref)
        row = Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
        if row.state in (TransferState.PAID, TransferState.BOUNCED):
            if row.bank_serial != bank_serial:
                raise Conflict("paid_twice", _("This transfer is already recorded under another number of the bank."))
            return row
        if amount_fen != row.amount_fen and guards.on("payments.transfer_amount"):
            raise DomainError("amount_mismatch", _("The bank reports another amount than was instructed."))
        transition(
            row,
            TransferState.PAID,
            actor=actor,
            now=now,
            bank_serial=bank_serial,
            paid_at=paid_at,
            outcome_code="",
            next_attempt_at=now + channel.bounce_watch[0] if channel.bounce_watch else None,
            attempts=0,
            beside=[no_longer_asked("transfer", row.number, now=now)],
        )
        account = fixed_of(row.account_id)
        ledger.post(
            kind="payout",
            reference=row.number,
            lines=[
                ledger.Line(
                    purpose.ledger_account,
                    amount_fen,
                    account.scheme,
                    plan_year=row.plan_year,
                    insurer=row.insurer_id or "",
                ),
                ledger.Line(account.ledger_account, -amount_fen, account.scheme, money_account=row.account_id),
            ],
            booking_date=booking_day(paid_at, not_before=row.created_at, now=now),
            now=now,
        )
        purpose.on_paid(row, now=now)
    return row


def reject_transfer(*, transfer: Transfer, code: str, text: str, now: datetime) -> Transfer:
    """The bank definitively did not pay: the purpose is told and decides anew. In the caller's transaction."""
    transition(
        transfer,
        TransferState.REJECTED,
        actor=SYSTEM,
        now=now,
        outcome_code=code[:64],
        outcome_text=text,
        next_attempt_at=None,
        beside=[no_longer_asked("transfer", transfer.number, now=now)],
    )
    purposes.get_transfer(transfer.purpose).on_rejected(transfer, now=now)
    return transfer
