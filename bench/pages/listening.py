"""What one page asks of the database: every statement, what it read, and whether it read a whole table for it.

The page is asked inside this process, by Django's test client, so that each statement can be explained as it is sent:
EXPLAIN (ANALYZE, BUFFERS) on a connection of its own, with the very same parameters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection

# A table of fewer rows is read from end to end faster than by an index.
BIG = 10_000


@dataclass(frozen=True)
class Scan:
    """A big table that was read from end to end, not only until a page was full; or an index that gave far more rows
    than were kept."""

    what: str
    statement: str


@dataclass
class Heard:
    """statements: all that were sent. buffers: 8 kB blocks that the reading ones touched, hit or read."""

    statements: int = 0
    writes: int = 0
    buffers: int = 0
    by_statement: list[tuple[int, str]] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)


class Explainer:
    """rows: how many rows each table has, as the last ANALYZE counted them."""

    def __init__(self, url: str) -> None:
        self._server = psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor)
        self._server.execute("SET statement_timeout = '20s'")
        found = self._server.execute("SELECT relname, reltuples FROM pg_class WHERE relkind IN ('r', 'p')")
        self.rows = dict(found.fetchall())

    @contextmanager
    def listening(self) -> Iterator[Heard]:
        heard = Heard()
        with connection.execute_wrapper(self._wrapper(heard)):
            yield heard

    def _wrapper(self, heard: Heard) -> Callable[..., Any]:
        def explain(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
            result = execute(sql, params, many, context)
            text = str(sql)
            if text.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "SET ")):
                return result
            heard.statements += 1
            if text.lstrip(" (").startswith(("SELECT", "WITH")) and "nextval" not in text:
                self._read(heard, text, params)
            else:
                heard.writes += 1
            return result

        return explain

    def _read(self, heard: Heard, statement: str, params: Any) -> None:
        explained = self._server.execute(
            f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {statement}", params
        ).fetchone()
        assert explained is not None
        plans = explained[0] if isinstance(explained[0], list) else json.loads(explained[0])
        top = plans[0]["Plan"]
        read = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
        heard.buffers += read
        heard.by_statement.append((read, statement))
        for node in _nodes(top):
            if said := self._wasteful(node):
                heard.scans.append(Scan(said, statement))

    def _wasteful(self, node: dict[str, Any]) -> str:
        table, loops = node.get("Relation Name", ""), node.get("Actual Loops", 1)
        if self.rows.get(table, 0) < BIG:
            return ""
        removed = node.get("Rows Removed by Filter", 0) * loops
        if node["Node Type"] == "Seq Scan" and removed + node["Actual Rows"] * loops > BIG / 4:
            return f"{table} from end to end ({self.rows[table]:,.0f} rows)"
        if removed > BIG:
            return f"{table} by {node.get('Index Name', node['Node Type'])}, {removed:,.0f} rows for nothing"
        return ""


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)
