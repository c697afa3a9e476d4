"""The channel has the money: write it down, with everything that follows from it, in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

import ledger.actions as ledger
from core import guards
from core.actors import Actor
from core.errors import Conflict, DomainError
from payments import purposes
from payments.actions.request_refund import request_refund
from payments.booking import booking_day
from payments.lifecycle import PaymentState
from payments.models import Payment
from payments.money_accounts import fixed_of
from payments.purposes import NoCover, Purpose
from payments.three_steps import SYSTEM, no_longer_asked
from work.asked import asked
from work.lifecycle import transition


def confirm_payment(
    *,
    payment: Payment,
    channel_transaction_no: str,
    amount_fen: int,
    paid_at: datetime,
    now: datetime,
    actor: Actor = SYSTEM,
    is_locked: bool = False,
) -> Payment:
    """Payment PAID + ledger + the purpose's on_paid, or none of them. Confirming again changes nothing.

    paid_at: the channel's own time of the payment. is_locked: the caller holds the locks of purpose and payment, and
    payment is the row as it stands, with its lease, which ends by this. When the purpose has no cover for the money
    (NoCover), it is booked as unapplied and a full refund is requested in the same transaction. Raises
    DomainError("amount_mismatch") and Conflict("paid_twice") when the channel contradicts what we know: then nothing is
    changed.
    """
    purpose = purposes.get(payment.purpose)
    with transaction.atomic():
        row = payment if is_locked else _locked(purpose, payment)
        if row.is_taken:
            return _same_or_conflict(row, channel_transaction_no)
        if amount_fen != row.amount_fen and guards.on("payments.payment_amount"):
            raise DomainError("amount_mismatch", _("The payment service reports another amount than was asked for."))
        lease: dict[str, Any] = {"lease_until": None, "last_error": ""} if is_locked else {}
        transition(
            row,
            PaymentState.PAID,
            actor=actor,
            now=now,
            channel_transaction_no=channel_transaction_no,
            channel_paid_at=paid_at,
            paid_at=now,
            covered=not _is_covered_otherwise(row),
            cashier_url="",
            outcome_code="",
            next_attempt_at=None,
            attempts=0,
            beside=[no_longer_asked("payment", row.number, now=now)],
            **lease,
        )
        refusal = _apply_to_purpose(purpose, row, now=now)
        ledger.post(
            kind="payment",
            reference=row.number,
            lines=money_moved(row, amount_fen),
            booking_date=booking_day(paid_at, not_before=row.created_at, now=now),
            now=now,
        )
        if refusal:
            request_refund(payment=row, amount_fen=amount_fen, reason=refusal, actor=SYSTEM, now=now)
    return row


def _locked(purpose: Purpose, payment: Payment) -> Payment:
    purpose.lock(payment.purpose_ref)
    return Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)


def money_moved(payment: Payment, amount_fen: int) -> list[ledger.Line]:
    """amount_fen > 0 came in, < 0 went back: at the money account, and owed for what the purpose says, or unapplied
    when it bought no cover."""
    account = fixed_of(payment.account_id)
    owed_for = purposes.get(payment.purpose).ledger_account if payment.covered else "liability.unapplied"
    return [
        ledger.Line(account.ledger_account, amount_fen, account.scheme, money_account=payment.account_id),
        ledger.Line(owed_for, -amount_fen, account.scheme, plan_year=payment.plan_year),
    ]


def _same_or_conflict(row: Payment, channel_transaction_no: str) -> Payment:
    if row.channel_transaction_no == channel_transaction_no:
        return row
    raise Conflict("paid_twice", _("This payment is already recorded under another number of the payment service."))


def _is_covered_otherwise(row: Payment) -> bool:
    return bool(_covering(purpose=row.purpose, purpose_ref=row.purpose_ref, but=row.pk))


@asked
def _covering(purpose: Any, purpose_ref: Any, but: Any) -> QuerySet[Payment, int]:
    covering = Payment.objects.filter(purpose=purpose, purpose_ref=purpose_ref, covered=True)
    return covering.exclude(pk=but).values_list("pk", flat=True)[:1]


def _apply_to_purpose(purpose: Purpose, row: Payment, *, now: datetime) -> str:
    """ "" when the purpose took the money; otherwise the code of its refusal, with everything it did rolled back."""
    if not row.covered:
        return "already_paid"
    try:
        with transaction.atomic():
            purpose.on_paid(row, now=now)
    except NoCover as refusal:
        Payment.objects.filter(pk=row.pk).update(covered=False)
        row.covered = False
        return refusal.code
    return ""
