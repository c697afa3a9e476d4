"""The address of a channel's cashier is good for minutes only: have the same order sent again for a fresh one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.seen import require_unchanged
from payments import shown
from payments.actions._hints import wake_after_commit
from payments.lifecycle import PaymentState
from payments.models import Payment


def renew_cashier(*, payment: Payment, seen: str, now: datetime) -> None:
    """A worker sends the order again, same number and bytes. No-op unless the payer is being waited for."""
    with transaction.atomic():
        row = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        require_unchanged(seen, is_now=shown.payment_version(row))
        if row.state == PaymentState.AWAITING_PAYER and now < row.close_at:
            row.cashier_url, row.next_attempt_at = "", now
            row.save(update_fields=["cashier_url", "next_attempt_at"])
            wake_after_commit()
