"""What an order costs the database: statements, rows, and how often one order waits for another's row."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from bench.portal import BenchPortal

APP_ROLE = "portal_app"
# A wait shorter than this is not one: PostgreSQL looks for it only then.
WAIT_NOTICED_MS = 2
CONTROL = re.compile(r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|SET|SELECT 1\b|LISTEN|NOTIFY)", re.IGNORECASE)


@dataclass
class Statements:
    """What the application's role sent while we listened. `control` are begin, commit, savepoints and settings."""

    working: int = 0
    control: int = 0
    by_table: Counter[str] = field(default_factory=Counter)
    waits: int = 0
    by_wait: Counter[str] = field(default_factory=Counter)


@contextmanager
def listening(portal: BenchPortal) -> Iterator[Statements]:
    """Every statement of the application's role goes to the server's log while the block runs; counted at its end.

    The log holds what people typed: it lies in the bench's folder and goes with it.
    """
    heard = Statements()
    log = portal.log_folder / "database.log"
    with _settings(portal, log_statement="all", log_lock_waits="on", deadlock_timeout=f"{WAIT_NOTICED_MS}ms"):
        begin = log.stat().st_size
        yield heard
        time.sleep(1)
        with log.open(errors="replace") as lines:
            lines.seek(begin)
            _count(lines, heard)


def _count(lines: Iterator[str], heard: Statements) -> None:
    for line in lines:
        if wait := re.search(r"still waiting for (\w+ on \w+)", line):
            heard.waits += 1
            heard.by_wait[wait.group(1)] += 1
        found = re.search(r"LOG:  (?:statement|execute [^:]*): (.*)", line)
        if found is None:
            continue
        if CONTROL.match(found.group(1)):
            heard.control += 1
            continue
        heard.working += 1
        table = re.search(r'(?:FROM|INTO|UPDATE) "?(\w+)', found.group(1))
        heard.by_table[f"{found.group(1).split(' ', 1)[0]} {table.group(1) if table else ''}"] += 1


@contextmanager
def _settings(portal: BenchPortal, **values: str) -> Iterator[None]:
    with portal.superuser() as server:
        for name, value in values.items():
            server.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        server.execute("SELECT pg_reload_conf()")
        time.sleep(1)
        try:
            yield
        finally:
            server.execute("ALTER SYSTEM RESET ALL")
            server.execute("SELECT pg_reload_conf()")


def rows_written(portal: BenchPortal) -> Counter[str]:
    """Rows inserted so far, by table."""
    with portal.superuser() as server:
        server.execute("SELECT pg_stat_clear_snapshot()")
        found = server.execute(
            "SELECT relname, n_tup_ins FROM pg_stat_user_tables WHERE schemaname = 'public'"
        ).fetchall()
    return Counter(dict(found))


def bytes_by_table(portal: BenchPortal, *, packed: bool = False) -> Counter[str]:
    """Heap, TOAST and indexes of every table after a VACUUM, in bytes. packed: every page filled anew first, so that
    what many writers at a time have left room for is not counted."""
    with portal.superuser() as server:
        server.execute("VACUUM FULL" if packed else "VACUUM")
        # Of the portal's own schema: the floor has tables of the same names.
        found = server.execute(
            "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables WHERE schemaname = 'public'"
        ).fetchall()
    return Counter(dict(found))


def floor_script(portal: BenchPortal, per_order: dict[str, int], folder: Path) -> Path:
    """A pgbench script that inserts as many rows, as wide and as indexed, as one order does, in one transaction.

    Each table is copied into a schema of the bench's own (same columns, same non-unique indexes) and filled from one
    sample row of an order: what an order could cost if it were nothing but its inserts.
    """
    lines = ["BEGIN;"]
    with portal.superuser() as server:
        server.execute("DROP SCHEMA IF EXISTS floor CASCADE")
        server.execute("CREATE SCHEMA floor")
        for table, rows in sorted(per_order.items()):
            name = sql.Identifier(table)
            server.execute(sql.SQL("CREATE TABLE floor.{0} (LIKE public.{0} INCLUDING STORAGE)").format(name))
            server.execute(
                sql.SQL("CREATE TABLE floor.{} AS SELECT * FROM public.{} ORDER BY 1 DESC LIMIT 1").format(
                    sql.Identifier(f"{table}_sample"), name
                )
            )
            _copy_indexes(server, table)
            # A table's own name from pg_stat_user_tables, in a schema that only the bench has.
            lines += [f'INSERT INTO floor."{table}" SELECT * FROM floor."{table}_sample";'] * rows  # noqa: S608
    lines.append("COMMIT;")
    script = folder / "floor.sql"
    script.write_text("\n".join(lines) + "\n")
    return script


def _copy_indexes(server: psycopg.Connection, table: str) -> None:
    found = server.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s", [table])
    for (definition,) in found.fetchall():
        plain = re.sub(r"CREATE (UNIQUE )?INDEX \S+ ON public\.", "CREATE INDEX ON floor.", definition)
        server.execute(plain)  # the server's own words
