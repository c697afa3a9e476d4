"""Every change of a tracked table leaves a row that nobody can alter, written by the database itself.

A trigger writes it from any path (admin, bulk update, raw SQL), as the owner of the tables: the application's role
cannot write to the history, change it, or make it keep silent. Kept is who did what when, and the columns that changed
as they were before; what they are now stands in the row. Encrypted columns are kept as the ciphertext they were.
Machine book-keeping (leases) is not watched. Source: reliability.md I-A3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import pgtrigger
from django.db import connection, models

from work.models import LEASE_FIELDS, Change
from work.triggers import Plain

T = TypeVar("T", bound=type[models.Model])

_WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "COPY")
_ANNOUNCE = (
    "SELECT set_config('work.actor', %s, true), set_config('work.user', %s, true), set_config('work.path', %s, true); "
)
_who: ContextVar[tuple[str, str, str] | None] = ContextVar("work.audit.who", default=None)


def tracked(model: T | None = None, *, only: tuple[str, ...] = ()) -> Any:
    """Class decorator. only: the columns to watch, where the others must not live on in a history."""
    if model is None:
        return lambda decorated: tracked(decorated, only=only)
    fields: list[Any] = list(model._meta.concrete_fields)
    watched = [f.column for f in fields if (f.name in only if only else f.name not in LEASE_FIELDS)]
    unwatched = [f.column for f in fields if f.column not in watched]
    # Columns alone: an update that only moves a lease does not even call the function.
    columns = [f'"{column}"' for column in watched if column != model._meta.pk.column]
    changed: pgtrigger.Operation = pgtrigger.UpdateOf(*columns)  # type: ignore[no-untyped-call]  # no types there
    pgtrigger.register(
        Plain(
            name="history",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | changed | pgtrigger.Delete,
            execute=f"work_record_change('{model._meta.pk.column}', '{{{','.join(unwatched)}}}')",
        )
    )(model)
    return model


def changes_of(row: models.Model) -> models.QuerySet[Change]:
    """What became of a row of a tracked table, oldest first; it need not exist any more."""
    return Change.objects.filter(relation=row._meta.db_table, row_id=str(row.pk)).order_by("id")


def changes_of_all(rows: Iterable[models.Model]) -> models.QuerySet[Change]:
    """`changes_of` for rows of several tracked tables, in the order in which they happened. One query."""
    wanted: dict[str, list[str]] = {}
    for row in rows:
        wanted.setdefault(row._meta.db_table, []).append(str(row.pk))
    found = models.Q(pk__in=[])
    for relation, ids in wanted.items():
        found |= models.Q(relation=relation, row_id__in=ids)
    return Change.objects.filter(found).order_by("id")


@contextmanager
def acting(label: str, *, user_id: int | None = None, path: str = "") -> Iterator[None]:
    """Changes made inside carry who made them. Local to each transaction, so that no pooled connection remembers it."""
    token = _who.set((label, "" if user_id is None else str(user_id), path[:200]))
    try:
        with connection.execute_wrapper(_announce):
            yield
    finally:
        _who.reset(token)


def _announce(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Says who before a statement that writes, in the same round trip; in a transaction once."""
    who = _who.get()
    if who is None or many or not isinstance(sql, str) or isinstance(params, dict):
        return execute(sql, params, many, context)
    if not sql.lstrip().upper().startswith(_WRITES) or _is_told(context["connection"], who):
        return execute(sql, params, many, context)
    result = execute(_ANNOUNCE + sql, (*who, *(params or ())), many, context)
    # The cursor stands at the answer to the announcement; the statement's own is the next.
    context["cursor"].cursor.nextset()
    told = context["connection"]
    # Of a statement that stands alone nothing is left, and the list of what to do on commit stays the same one.
    told.work_told = (who, told.run_on_commit) if told.in_atomic_block else None
    return result


def _is_told(told: Any, who: tuple[str, str, str]) -> bool:
    """Django has a new list of what to do on commit after every commit and rollback, of a savepoint too: as long as it
    is the same one, what was said still holds."""
    said = getattr(told, "work_told", None)
    return told.in_atomic_block and said is not None and said[0] == who and said[1] is told.run_on_commit
