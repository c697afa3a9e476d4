"""What the channel said about a refund, written down with its consequences."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

import ledger.actions as ledger
from core import guards
from core.actors import Actor
from core.errors import Conflict, DomainError
from payments import purposes
from payments.actions.confirm_payment import money_moved
from payments.lifecycle import PaymentState, RefundState
from payments.models import Payment, Refund
from payments.three_steps import SYSTEM, ask_a_person, no_longer_asked
from work.lifecycle import transition


def complete_refund(
    *, refund: Refund, channel_refund_no: str, amount_fen: int, now: datetime, actor: Actor = SYSTEM
) -> Refund:
    """Refund REFUNDED + ledger + payment's state + the purpose's on_refunded, in one transaction. Twice is once.

    Raises DomainError("amount_mismatch"), Conflict("refunded_twice") when the channel contradicts what we know.
    """
    purpose = purposes.get(refund.payment.purpose)
    with transaction.atomic():
        purpose.lock(refund.payment.purpose_ref)
        payment = Payment.objects.select_for_update(of=("self",)).get(pk=refund.payment_id)
        row = Refund.objects.select_for_update(of=("self",)).get(pk=refund.pk)
        if row.state == RefundState.REFUNDED:
            if row.channel_refund_no != channel_refund_no:
                raise Conflict("refunded_twice", _("This refund is already recorded under another number."))
            return row
        if amount_fen != row.amount_fen and guards.on("payments.refund_amount"):
            raise DomainError("amount_mismatch", _("The payment service reports another amount than was asked for."))
        transition(
            row, RefundState.REFUNDED, actor=actor, now=now, channel_refund_no=channel_refund_no, refunded_at=now,
            outcome_code="", next_attempt_at=None, attempts=0,
            beside=[no_longer_asked("refund", row.number, now=now)],
        )  # fmt: skip
        ledger.post(
            kind="refund",
            reference=row.number,
            lines=money_moved(payment, -amount_fen),
            now=now,
        )
        _move_payment(payment, actor=actor, now=now)
        row.payment = payment
        purpose.on_refunded(row, now=now)
    return row


def refuse_refund(*, refund: Refund, code: str, now: datetime) -> Refund:
    """The channel will not refund: the money is still ours to give back, so a person takes over. In a transaction."""
    transition(
        refund,
        RefundState.REFUSED,
        actor=SYSTEM,
        now=now,
        outcome_code=code[:64],
        next_attempt_at=None,
        beside=[no_longer_asked("refund", refund.number, now=now)],
    )
    ask_a_person("refund", refund, reason=f"the channel refused: {code}", now=now)
    return refund


def _move_payment(payment: Payment, *, actor: Actor, now: datetime) -> None:
    refunded = payment.refunds.filter(state=RefundState.REFUNDED).aggregate(total=Sum("amount_fen"))["total"]
    state = PaymentState.REFUNDED if refunded == payment.amount_fen else PaymentState.PART_REFUNDED
    if payment.state != state:
        transition(payment, state, actor=actor, now=now)
