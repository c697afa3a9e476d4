"""Work on rows by many workers, each row by one at a time, and by none after its lease.

A sweeper claims due rows (FOR UPDATE SKIP LOCKED), which sets a lease, counts the attempt and gives a new
fencing token. Whatever the worker then writes is guarded by that token: a worker that was stopped and
wakes after its lease has lost the row and changes nothing. Source: reliability.md 2.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import F, Q, QuerySet

from core import guards
from work.models import HumanTask, LeasedModel

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 12
_FIRST_RETRY = timedelta(seconds=2)
_LONGEST_RETRY = timedelta(minutes=30)

L = TypeVar("L", bound=LeasedModel)


class LeaseLost(Exception):
    """Another worker holds this row now; what we found out must be found out again by it."""


def retry_delay(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s … at most 30 minutes."""
    doublings: int = max(0, min(attempts, 20) - 1)
    return min(_FIRST_RETRY * (1 << doublings), _LONGEST_RETRY)


def claim_due(queryset: QuerySet[L], *, now: datetime, lease: timedelta = LEASE, limit: int = 50) -> list[L]:
    """Claim up to `limit` due rows and commit the claim. Rows of other workers are skipped, not waited for.

    Each returned row carries its new fencing_token: give it to `settle` and to guarded writes.
    """
    due = queryset.filter(next_attempt_at__lte=now).filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))
    with transaction.atomic():
        rows = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("next_attempt_at", "pk")[:limit])
        model = queryset.model._base_manager
        model.filter(pk__in=[row.pk for row in rows]).update(
            lease_until=now + lease,
            fencing_token=F("fencing_token") + 1,
            attempts=F("attempts") + 1,
        )
    for row in rows:
        row.lease_until = now + lease
        row.fencing_token += 1
        row.attempts += 1
    return rows


def claim_one(row: L, *, now: datetime, lease: timedelta = LEASE) -> bool:
    """Claim this very row, due or not, unless somebody holds it. False when somebody does."""
    claimed = claim_due(
        type(row)._base_manager.filter(pk=row.pk, next_attempt_at__isnull=False),
        now=now,
        lease=lease,
        limit=1,
    )
    if not claimed:
        return False
    row.lease_until, row.fencing_token, row.attempts = (
        claimed[0].lease_until,
        claimed[0].fencing_token,
        claimed[0].attempts,
    )
    return True


def lock_held(row: L, *, token: int) -> L:
    """The row locked for update, provided the token is still the newest. Raises LeaseLost. Needs a transaction."""
    manager: Any = type(row)._base_manager
    locked: L = manager.select_for_update(of=("self",)).get(pk=row.pk)
    if guards.on("leases.fencing") and locked.fencing_token != token:
        raise LeaseLost(f"{type(row).__name__} {row.pk}: token {token} was succeeded by {locked.fencing_token}")
    return locked


def settle(row: LeasedModel, *, token: int, next_attempt_at: datetime | None, error: str = "") -> None:
    """End the lease: next_attempt_at None means nothing is due any more. Guarded by the token: raises LeaseLost."""
    guard = {"fencing_token": token} if guards.on("leases.fencing") else {}
    updated = (
        type(row)
        ._base_manager.filter(pk=row.pk, **guard)
        .update(lease_until=None, next_attempt_at=next_attempt_at, last_error=error[:200])
    )
    if not updated:
        raise LeaseLost(f"{type(row).__name__} {row.pk}: token {token} is not the newest")
    row.lease_until, row.next_attempt_at, row.last_error = (
        None,
        next_attempt_at,
        error[:200],
    )


def open_human_task(*, kind: str, key: str, reason: str, now: datetime, url: str = "") -> HumanTask:
    """Put a case before a person, once: the same open (kind, key) is returned as it is."""
    task, _created = HumanTask.objects.get_or_create(
        kind=kind,
        key=key,
        resolved_at=None,
        defaults={"reason": reason[:300], "url": url, "created_at": now},
    )
    return task
