"""Rows of several tables in one statement: what belongs together is one round trip, one plan, one snapshot.

Django writes each model by a statement of its own. Where one business step always writes the same few rows (a message
and its place in the queue, a person and her facts), that is most of what the step costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from typing import Any

from django.db import connection, models, transaction
from django.db.models import sql
from django.db.models.constants import OnConflict

Sql = tuple[str, list[Any]]


def insert_together(*rows: models.Model, unless_known: bool = False, beside: Sequence[Sql] = ()) -> int:
    """Insert new rows of any models by one statement, in the order given. Returns how many rows of the last model went
    in.

    Rows may refer to each other by ids that are known beforehand (work.row_ids.RowId). Rows of one model stand side by
    side. beside: other writes of the same statement. unless_known: a row that breaks a unique constraint is left out,
    and nothing is raised. As with bulk_create no signal is sent, and an id that the database gives stays unknown here.
    """
    groups = [list(group) for _model, group in groupby(rows, key=type)]
    assert len({type(group[0]) for group in groups}) == len(groups), "rows of one model stand side by side"
    written = run(*beside, *[insert_sql(group, unless_known=unless_known) for group in groups])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return written


def insert_sql(rows: Sequence[models.Model], *, unless_known: bool = False) -> Sql:
    """What an INSERT of rows of one model would execute, to be part of a larger statement."""
    model = type(rows[0])
    pk = model._meta.pk
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="insert_together")  # type: ignore[attr-defined]  # not in the stubs
        if row.pk is None:
            row.pk = pk.get_pk_value_on_save(row)
    fields = [field for field in model._meta.concrete_fields if field is not pk or rows[0].pk is not None]
    if len(rows) > 1:
        return _written_by_django(rows, fields, unless_known)
    key = (model, rows[0].pk is None, unless_known)
    if key not in _texts:
        text, params = _written_by_django(rows, fields, unless_known)
        assert len(params) == len(fields), f"{model.__name__} is not written value by value"
        _texts[key] = text
        return text, params
    [row] = rows
    return _texts[key], [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]


# INSERTs of one row, by model, whether the database gives the id, and what becomes of a known one.
_texts: dict[tuple[type[models.Model], bool, bool], str] = {}


def _written_by_django(rows: Sequence[models.Model], fields: Sequence[Any], unless_known: bool) -> Sql:
    model = type(rows[0])
    query = sql.InsertQuery(model, on_conflict=OnConflict.IGNORE if unless_known else None)
    query.insert_values(list(fields), list(rows))
    [(text, params)] = query.get_compiler(connection=connection).as_sql()
    return text, list(params)


def alone() -> AbstractContextManager[Any]:
    """Around one statement whose refusal is caught: inside a transaction a savepoint, outside nothing but itself."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def run(*statements: Sql) -> int:
    """Several writes as one statement; how many rows the last of them wrote. None of them sees what another wrote."""
    *before, (last, _params) = statements
    parts = ", ".join(f"written_{number} AS ({text})" for number, (text, _params) in enumerate(before))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {parts} {last}" if before else last, [param for _text, params in statements for param in params]
        )
        written: int = cursor.rowcount
        return written


def update_sql(rows: models.QuerySet[Any], values: dict[str, Any]) -> Sql:
    """What `rows.update(**values)` would execute, to be part of a larger statement. One table only."""
    query = rows.query.chain(sql.UpdateQuery)
    assert isinstance(query, sql.UpdateQuery)
    query.add_update_values(values)
    query.clear_ordering(force=True)
    text, params = query.get_compiler(connection=connection).as_sql()
    return text, list(params)


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def columns(model: type[models.Model], names: Iterable[str]) -> str:
    """Quoted, for an INSERT."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return ", ".join(quoted(str(fields[name].column)) for name in names)
