"""The payer's time is over, or the order is given up: end a payment that nobody has paid."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict
from payments import purposes
from payments.actions._hints import wake_after_commit
from payments.lifecycle import OPEN_PAYMENT_STATES, PaymentState
from payments.models import Payment
from payments.three_steps import no_longer_asked
from work.lifecycle import transition


def close_payment(*, payment: Payment, actor: Actor, now: datetime) -> Payment:
    """CLOSED at once when it was never sent; otherwise a worker asks the channel, closes there, and then here.

    Until the channel has answered the payment stays open: it may have been paid a moment ago. The purpose hears
    on_closed when it is certain. A payment that has ended is returned as it is.
    Raises Conflict("already_paid") when the channel has the money: that is a matter for a refund.
    """
    with transaction.atomic():
        purposes.get(payment.purpose).lock(payment.purpose_ref)
        row = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        if row.is_taken:
            raise Conflict("already_paid", _("This has been paid, so it cannot be closed. It can be refunded."))
        if row.state == PaymentState.CREATED:
            return end_unpaid(row, PaymentState.CLOSED, code="closed", actor=actor, now=now)
        if row.state in OPEN_PAYMENT_STATES and row.close_at > now:
            row.close_at = row.next_attempt_at = now
            row.save(update_fields=["close_at", "next_attempt_at"])
            wake_after_commit()
    return row


def end_unpaid(payment: Payment, state: str, *, code: str, actor: Actor, now: datetime) -> Payment:
    """FAILED or CLOSED, and the purpose is told, in the caller's transaction. The row is locked by the caller."""
    transition(
        payment,
        state,
        actor=actor,
        now=now,
        outcome_code=code[:64],
        next_attempt_at=None,
        cashier_url="",
        attempts=0,
        beside=[no_longer_asked("payment", payment.number, now=now)],
    )
    purposes.get(payment.purpose).on_closed(payment, now=now)
    return payment
