"""A person has looked at a case and wants the channel asked again now. Harmless: same number, query first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from payments.actions._hints import hint_after_commit
from payments.models import Payment, Refund, Transfer

PERMISSION = "payments.finance"
_TASKS = {Payment: "advance_payment", Refund: "advance_refund", Transfer: "advance_transfer"}


def ask_again(*, row: Payment | Refund | Transfer, actor: Actor, now: datetime) -> bool:
    """Make the row due now, with fresh attempts. False when nothing is open about it. Needs payments.finance."""
    actor.require(PERMISSION, row)
    with transaction.atomic():
        manager = type(row)._base_manager
        updated = manager.filter(pk=row.pk, next_attempt_at__isnull=False).update(next_attempt_at=now, attempts=0)
        if updated:
            hint_after_commit(_TASKS[type(row)], row.pk)
    return bool(updated)
