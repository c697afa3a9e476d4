"""Work on rows by many workers, each row by one at a time, and by none after its lease.

A sweeper claims due rows (FOR UPDATE SKIP LOCKED), which sets a lease, counts the attempt and gives a new
fencing token. Whatever the worker then writes is guarded by that token: a worker that was stopped and
wakes after its lease has lost the row and changes nothing. Source: reliability.md 2.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from core import guards
from work.asked import Asked, Given, filled
from work.models import HumanTask, LeasedModel
from work.writes import Sql, quoted, run, update_sql

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 12
_FIRST_RETRY = timedelta(seconds=2)
_LONGEST_RETRY = timedelta(minutes=30)

L = TypeVar("L", bound=LeasedModel)
_NO_MORE: Mapping[str, Any] = {}


class LeaseLost(Exception):
    """Another worker holds this row now; what we found out must be found out again by it."""


def retry_delay(attempts: int) -> timedelta:
    """2 s, 4 s, 8 s … at most 30 minutes."""
    doublings: int = max(0, min(attempts, 20) - 1)
    return min(_FIRST_RETRY * (1 << doublings), _LONGEST_RETRY)


def due_rows(queryset: QuerySet[L], *, now: Any) -> QuerySet[L]:
    """Those whose time has come and that nobody holds."""
    return queryset.filter(next_attempt_at__lte=now).filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now))


def claim_due(
    queryset: QuerySet[L], *, now: datetime, lease: timedelta = LEASE, limit: int = 50, most: int = 0
) -> list[L]:
    """Claim up to `limit` due rows in one statement. Rows of other workers are skipped, not waited for.

    Each returned row carries its new fencing_token (give it to `settle` and to guarded writes) and `more_due`, whether
    others were left. most: so many of all these rows may be held at once, see claim_within; 0 for any number.
    """
    return claim(claimable(queryset), now=now, lease=lease, limit=limit, most=most)


@dataclass(frozen=True)
class Claimable(Generic[L]):
    """How rows of one kind are claimed, written once: which are due, and which are held, each with places for `now` and
    whatever else the queryset has a place for."""

    model: type[L]
    due: tuple[str, Sequence[Any]]
    held: tuple[str, Sequence[Any]]


def claimable(queryset: QuerySet[L]) -> Claimable[L]:
    bare, now = queryset.select_related(None), Given("now")
    due = due_rows(bare, now=now).order_by("next_attempt_at", "pk").values("pk")
    held = bare.filter(lease_until__gt=now).order_by().values("pk")
    return Claimable(queryset.model, due.query.sql_with_params(), held.query.sql_with_params())


def claim(
    kind: Claimable[L],
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    most: int = 0,
    given: Mapping[str, Any] = _NO_MORE,
) -> list[L]:
    """claim_due. given: what else the kind has places for."""
    (which, due_params), (held, held_params) = kind.due, kind.held
    params = filled(due_params, {"now": now, **given})
    table, pk = (quoted(name) for name in (kind.model._meta.db_table, str(kind.model._meta.pk.column)))
    free, values = "%s", [limit]
    if most:
        free = f"(SELECT greatest(0, least(%s, %s - count(*))) FROM ({held}) AS held)"  # noqa: S608  (a query of ours)
        values = [limit, most, *filled(held_params, {"now": now, **given})]
    text = f"""
        WITH due AS ({which} LIMIT {free} FOR UPDATE OF {table} SKIP LOCKED)
        UPDATE {table} AS held
           SET lease_until = %s, fencing_token = held.fencing_token + 1, attempts = held.attempts + 1
          FROM due WHERE held.{pk} = due.pk
        RETURNING held.*, (SELECT count(*) FROM ({which} LIMIT %s) AS waiting) > %s AS more_due
    """  # noqa: S608  (names of our own tables)
    found = kind.model._base_manager.raw(text, [*params, *values, now + lease, *params, limit + 1, limit])
    rows: list[L] = list(found)
    return sorted(rows, key=lambda row: (row.next_attempt_at, row.pk))


def claim_within(
    kind: Claimable[L],
    *,
    most: int,
    now: datetime,
    lease: timedelta = LEASE,
    limit: int = 50,
    given: Mapping[str, Any] = _NO_MORE,
) -> list[L]:
    """The same, but so that of all these rows, due or not, never more than `most` are held at once, by whomever.

    Of two that claim within one bound at the same moment the second tries again after some milliseconds: it holds no
    connection up, and nobody waits for a call.
    """
    for patience in _SHORT_WAITS:
        with transaction.atomic():
            if not guards.on("leases.bound_lock") or _is_our_turn(kind, given):
                bound = most if guards.on("leases.bound") else 0
                return claim(kind, now=now, lease=lease, limit=limit, most=bound, given=given)
        time.sleep(patience)
    return []


# A claim takes a millisecond or two; a thread that never gets its turn comes again with the next look.
_SHORT_WAITS = (0.002, 0.003, 0.005, 0.008, 0.013, 0.021, 0.034, 0.055, 0.089)


def _is_our_turn(kind: Claimable[L], given: Mapping[str, Any]) -> bool:
    """Claims of one bound (the same query text with the same values) go one after the other: what is held is counted by
    the statement after this one. Ends with the transaction."""
    which, params = kind.held
    bound = f"{which} {filled(params, {'now': None, **given})}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [bound])
        row = cursor.fetchone()
    return row is not None and bool(row[0])


def renew(rows: list[L], *, now: datetime, lease: timedelta = LEASE) -> list[L]:
    """A lease from now for those of the rows that are still ours; the others are left out."""
    if not rows:
        return []
    model = type(rows[0])
    table, pk = (quoted(name) for name in (model._meta.db_table, str(model._meta.pk.column)))
    extend = f"""
        UPDATE {table} AS held SET lease_until = %s
          FROM unnest(%s::bigint[], %s::bigint[]) AS ours (pk, token)
         WHERE held.{pk} = ours.pk AND held.fencing_token = ours.token
        RETURNING held.{pk}
    """  # noqa: S608  (names of our own tables)
    with connection.cursor() as cursor:
        cursor.execute(extend, [now + lease, [row.pk for row in rows], [row.fencing_token for row in rows]])
        ours = {pk for (pk,) in cursor.fetchall()}
    for row in rows:
        row.lease_until = now + lease
    return [row for row in rows if row.pk in ours or not guards.on("leases.fencing")]


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
    locked: L | None = _locking(type(row)).first(pk=row.pk)
    if locked is None:
        raise type(row).DoesNotExist
    if guards.on("leases.fencing") and locked.fencing_token != token:
        raise LeaseLost(f"{type(row).__name__} {row.pk}: token {token} was succeeded by {locked.fencing_token}")
    return locked


@cache
def _locking(model: type[L]) -> Asked[L]:
    return Asked(lambda pk: model._base_manager.select_for_update(of=("self",)).filter(pk=pk))


def settle(
    row: LeasedModel,
    *,
    token: int,
    next_attempt_at: datetime | None,
    error: str = "",
    beside: Sequence[Sql] = (),
    **fields: Any,
) -> None:
    """End the lease: next_attempt_at None means nothing is due any more. Guarded by the token: raises LeaseLost.

    fields: further columns to set in the same UPDATE. beside: other writes of the same statement (work.writes), with
    guards of their own: they stand even when the lease is lost.
    """
    guard = {"fencing_token": token} if guards.on("leases.fencing") else {}
    values = {"lease_until": None, "next_attempt_at": next_attempt_at, "last_error": error[:200], **fields}
    ours = type(row)._base_manager.filter(pk=row.pk, **guard)
    if not run(*beside, update_sql(ours, values)):
        raise LeaseLost(f"{type(row).__name__} {row.pk}: token {token} is not the newest")
    for name, value in values.items():
        setattr(row, name, value)


def open_human_task(
    *, kind: str, key: str, reason: str, now: datetime, url: str = "", scope: Mapping[str, str] | None = None
) -> HumanTask:
    """Put a case before a person, once: the same open (kind, key) is returned as it is.

    scope: where what it is about belongs (core.actors.scope_of); without one, only who is not narrowed sees it.
    """
    where = {name: code for name, code in (scope or {}).items() if name in HumanTask.scope_columns}
    task, _created = HumanTask.objects.get_or_create(
        kind=kind,
        key=key,
        resolved_at=None,
        defaults={"reason": reason[:300], "url": url, "created_at": now, **where},
    )
    return task
