"""Ask for money to go back the way it came. A worker sends it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from core import clock, guards
from core.actors import Actor
from core.errors import Conflict, DomainError
from core.money import format_yuan
from payments.actions._hints import wake_after_commit
from payments.lifecycle import PaymentState, RefundState
from payments.models import Payment, Refund
from payments.steps import reach
from work.numbers import next_number

_REFUNDABLE = (PaymentState.PAID, PaymentState.PART_REFUNDED)


def request_refund(*, payment: Payment, amount_fen: int, reason: str, actor: Actor, now: datetime) -> Refund:
    """Write a refund of amount_fen (part or all), joining the caller's transaction. reason: a code ("surrender").

    Raises DomainError("refund_too_large") when it would exceed what was paid and not yet given back (open refunds
    count), Conflict("not_refundable") when nothing was paid. The database checks the sum again.
    """
    with transaction.atomic():
        row = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        if row.state not in _REFUNDABLE:
            raise Conflict("not_refundable", _("There is nothing to refund: this was not paid or is already refunded."))
        left_fen = refundable_fen(row)
        if guards.on("payments.refund_sum") and not 0 < amount_fen <= left_fen:
            raise DomainError(
                "refund_too_large", _("At most %(left)s yuan can still be refunded."), left=format_yuan(left_fen)
            )
        refund = Refund.objects.create(
            number=next_number("RF", clock.civil_date(now).year),
            payment=row,
            account_id=row.account_id,
            amount_fen=amount_fen,
            reason=reason[:80],
            created_at=now,
            next_attempt_at=now,
        )
        refund.events.create(
            old_state="", new_state=refund.state, name="refund.requested", reason=refund.reason,
            actor_id=actor.user_id, actor_label=actor.label, at=now,
        )  # fmt: skip
        wake_after_commit(step="refund.created_committed")
        reach("refund.created_uncommitted")
    return refund


def refundable_fen(payment: Payment) -> int:
    """What was paid and is neither given back nor on its way back."""
    going = payment.refunds.exclude(state=RefundState.REFUSED).aggregate(total=Sum("amount_fen"))["total"] or 0
    return payment.amount_fen - going if payment.is_taken else 0
