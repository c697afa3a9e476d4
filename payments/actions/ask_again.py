"""A person has looked at a case and wants the channel asked again now. Harmless: same number, query first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core.actors import Actor
from core.seen import require_unchanged
from payments import shown
from payments.actions._hints import wake_after_commit
from payments.models import Payment, Refund, Transfer

PERMISSION = "payments.finance"


def ask_again(*, row: Payment | Refund | Transfer, seen: str, actor: Actor, now: datetime) -> bool:
    """Make the row due now, with fresh attempts. False when nothing is open about it. Needs payments.finance.

    seen: shown.money_version. Raises NotAllowed, Conflict changed_meanwhile.
    """
    actor.require(PERMISSION, row)
    with transaction.atomic():
        manager: Any = type(row)._base_manager
        locked = manager.select_for_update(of=("self",)).get(pk=row.pk)
        require_unchanged(seen, is_now=shown.money_version(locked))
        updated = manager.filter(pk=row.pk, next_attempt_at__isnull=False).update(next_attempt_at=now, attempts=0)
        if updated:
            wake_after_commit()
    return bool(updated)
