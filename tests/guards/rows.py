"""Rows put into the database as its owner, past all code of ours: what does the database itself refuse?

    rows.put("payments_payment", amount_fen=0)   # columns that are not named get something that fits their type

Foreign keys and triggers are left aside while a row is put (`guarded=True`: triggers are not), constraints never.
`without_checks` and `with_triggers` leave aside what is not being tried: a new rule upsets no other rule's test.
Everything is taken back at the end of the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb

_COLUMNS = """
    SELECT column_name AS name, data_type AS type, character_maximum_length AS length
      FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND NOT is_identity::bool
"""


def case(constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> Any:
    """For parametrize: a row on the right side of the boundary and one on the wrong side. constraint: table.name."""
    return pytest.param(constraint, fits, does_not, id=constraint)


def only_one_side_fits(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    table, _, name = constraint.partition(".")
    rows.without_checks(table, but=name)
    rows.put(table, **fits)
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        rows.put(table, **does_not)
    assert refused.value.diag.constraint_name == name


class Rows:
    def __init__(self, owner: psycopg.Connection) -> None:
        self.owner = owner
        self._numbers = count(7_000_001)

    def put(self, table: str, *, guarded: bool = False, **values: Any) -> Any:
        """Returns the primary key. Raises what the database raises; then nothing of it is left."""
        row = {**self._fitting(table), **values}
        names = sql.SQL(", ").join(map(sql.Identifier, row))
        insert = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
            sql.Identifier(table), names, sql.SQL(", ").join([sql.Placeholder()] * len(row)), self.key(table)
        )
        with self.owner.transaction(), self._triggers(guarded):
            [key] = self.owner.execute(insert, list(row.values())).fetchone() or [None]
        return key

    def change(self, table: str, key: Any, /, **values: Any) -> None:
        """UPDATE of one row, with all triggers."""
        changes = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
        update = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(sql.Identifier(table), changes, self.key(table))
        with self.owner.transaction():
            assert self.owner.execute(update, [*values.values(), key]).rowcount == 1

    def delete(self, table: str, key: Any) -> None:
        statement = sql.SQL("DELETE FROM {} WHERE {} = %s").format(sql.Identifier(table), self.key(table))
        with self.owner.transaction():
            assert self.owner.execute(statement, [key]).rowcount == 1

    def another(self, table: str, column: str) -> Any:
        """Fits the column's type; another one each time."""
        with self.owner.cursor(row_factory=namedtuple_row) as cursor:
            query = _COLUMNS.partition("AND is_nullable")[0] + "AND column_name = %s"
            found: Any = cursor.execute(query, [table, column]).fetchone()
        if found.type not in ("date", "timestamp with time zone"):
            return self._value(found)
        later = next(self._numbers) % 1_000
        step = timedelta(days=later) if found.type == "date" else timedelta(minutes=later)
        return datetime(2026, 11, 21, tzinfo=UTC) + step

    def key(self, table: str) -> sql.Identifier:
        return sql.Identifier(self.key_name(table))

    def key_name(self, table: str) -> str:
        query = (
            "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]"
            " WHERE indisprimary AND indrelid = %s::regclass"
        )
        [name] = self.owner.execute(query, [table]).fetchone() or [""]
        return str(name)

    def without_checks(self, table: str, *, but: str = "") -> None:
        """So that one rule is tried at a time, whatever else the table's rows would need."""
        query = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass"
        for [name] in self.owner.execute(query, [table]).fetchall():
            if name != but:
                self._alter(table, "DROP CONSTRAINT", name)

    def with_triggers(self, table: str, pattern: str) -> None:
        """Only those whose name (as pgtrigger gives it) matches; as if somebody had switched off the others."""
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass"
        for [name] in self.owner.execute(query, [table]).fetchall():
            if not re.fullmatch(rf"pgtrigger_({pattern})_[0-9a-f]{{5}}", name):
                self._alter(table, "DISABLE TRIGGER", name)

    def _alter(self, table: str, what: str, name: str) -> None:
        parts = sql.Identifier(table), sql.SQL(what), sql.Identifier(name)  # type: ignore[arg-type]
        self.owner.execute(sql.SQL("ALTER TABLE {} {} {}").format(*parts))

    @contextmanager
    def _triggers(self, wanted: bool) -> Iterator[None]:
        self.owner.execute(f"SET LOCAL session_replication_role = {'origin' if wanted else 'replica'}")
        yield
        self.owner.execute("SET LOCAL session_replication_role = origin")

    def _fitting(self, table: str) -> dict[str, Any]:
        with self.owner.cursor(row_factory=namedtuple_row) as cursor:
            columns = cursor.execute(_COLUMNS, [table]).fetchall()
        return {column.name: self._value(column) for column in columns}

    def _value(self, column: Any) -> Any:
        """Differs from row to row and from column to column where the type has room for it."""
        number = next(self._numbers)
        match column.type:
            case "bigint" | "integer":
                return number
            case "smallint":
                return number % 30_000
            case "boolean":
                return False
            case "uuid":
                return f"00000000-0000-4000-8000-{number:012d}"
            case "date":
                return "2026-11-20"
            case "timestamp with time zone":
                return "2026-11-20 10:00+08"
            case "jsonb":
                return Jsonb({})
            case "character varying" | "text":
                return str(number)[-(column.length or 20) :]
            case "bytea":
                return str(number).encode()
            case "double precision" | "numeric":
                return 0
            case _:
                raise NotImplementedError(f"{column.name}: {column.type}")
