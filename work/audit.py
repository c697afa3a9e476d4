"""Every change of a tracked table leaves a row that nobody can alter, written by the database itself.

A trigger writes it from any path (admin, bulk update, raw SQL), as the owner of the tables: the application's role
cannot write to the history, change it, or make it keep silent. Kept is who did what when, and the columns that changed
as they were before; what they are now stands in the row. Encrypted columns are kept as the ciphertext they were.
Machine book-keeping (leases) is not watched. A move along a lifecycle whose event was written in the same transaction
is not told twice: the event says who and when, and may not be altered either. Source: reliability.md I-A3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import pgtrigger
from django.apps import apps
from django.db import connection, models

from work.models import LEASE_FIELDS, Change
from work.triggers import OwnersSql, Plain, PlainSql

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
        History(
            name="history",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | changed | pgtrigger.Delete,
            watched=watched,
            unwatched=unwatched,
        )
    )(model)
    return model


# age(): the younger, the less. A savepoint's number is younger than that of the transaction around it.
_TOLD_BY_ITS_EVENT = """
    IF TG_OP = 'UPDATE' THEN
        IF {moved} AND {nothing_lost} AND EXISTS (
            SELECT FROM public.{events} AS told
             WHERE told.subject_id = NEW.{key} AND told.old_state = OLD.{state} AND told.new_state = NEW.{state}
               AND age(told.xmin) <= age(pg_current_xact_id()::xid)
        ) THEN
            RETURN NULL;
        END IF;
        SELECT jsonb_object_agg(was.key, was.value) INTO before
            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;
        IF before IS NULL THEN
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        before := to_jsonb(OLD) - unwatched;
    END IF;
    PERFORM public.work_write_change(
        TG_TABLE_NAME, CASE WHEN TG_OP = 'INSERT' THEN NEW.{key}::text ELSE OLD.{key}::text END, TG_OP, before
    );
    RETURN NULL;
"""


class History(Plain):
    """Writes the history. A table whose lifecycle leaves events has a function of its own: a move that an event of the
    same transaction tells is passed over. Such a move may fill columns that were empty; one that changes what was there
    is kept as any change is. unwatched: columns that may change without a trace.
    """

    def __init__(self, *, watched: Sequence[str], unwatched: Sequence[str], **kwargs: Any) -> None:
        self.watched, self.unwatched = watched, unwatched
        super().__init__(**kwargs)

    @property
    def _unwatched_sql(self) -> str:
        return f"'{{{','.join(self.unwatched)}}}'"

    def compile(self, model: Any) -> Any:
        # Asked now and not when the class is decorated: the model of the events comes after it.
        # And of the real model: migrations show a bare one, without its lifecycle.
        real = apps.get_model(model._meta.app_label, model._meta.model_name)
        told = _events_of(real)
        self.sql_class = PlainSql if told is None else OwnersSql
        self.execute = "" if told else f"work_record_change('{model._meta.pk.column}', {self._unwatched_sql})"
        return super().compile(real)

    def get_declare(self, model: Any) -> list[tuple[str, str]]:
        return [("unwatched", f"text[] := {self._unwatched_sql}"), ("before", "jsonb")] if _events_of(model) else []

    def get_func(self, model: Any) -> Any:
        events = _events_of(model)
        if events is None:
            return ""
        state = model.lifecycle.field
        others = [f for f in model._meta.concrete_fields if f.column in self.watched and f.name != state]
        return _TOLD_BY_ITS_EVENT.format(
            moved=f'OLD."{state}" IS DISTINCT FROM NEW."{state}"',
            nothing_lost=" AND ".join(_says_no_less(field) for field in others),
            events=f'"{events._meta.db_table}"',
            key=f'"{model._meta.pk.column}"',
            state=f'"{state}"',
        )


def _events_of(model: Any) -> Any:
    """The model of the events of its lifecycle, or None."""
    if not hasattr(model, "lifecycle"):
        return None
    return next((one.related_model for one in model._meta.related_objects if one.name == "events"), None)


def _says_no_less(field: Any) -> str:
    """SQL: the update takes away nothing that this column said."""
    empty = f" OR OLD.\"{field.column}\" = ''" if isinstance(field, models.CharField | models.TextField) else ""
    return f'(OLD."{field.column}" IS NOT DISTINCT FROM NEW."{field.column}" OR OLD."{field.column}" IS NULL{empty})'


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
