"""The tests' database: migrated once per state of the migrations, copied for each test process, restored between cases.

Migrations run as the owner; the tests run as the application's own role, so that a missing grant or a missing
append-only rule shows in them.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from django.conf import settings
from django.core.management import call_command, get_commands
from django.db import connections
from psycopg import sql

from launch.fingerprint import DATABASE_PATTERNS, fingerprint
from tests.servers import Lease

TEMPLATES_KEPT = 6
SETUP_LOCK = 7_260_115  # advisory lock number: one process prepares templates at a time
RESTORE_WAITS_SECONDS = 5
TESTS_OWN_PATTERNS = ("tests/*/models.py", "tests/*/migrations/*.py")


def create(lease: Lease) -> None:
    """Makes this process's database and points Django's default connection at it, as the application's role."""
    with _administration(lease) as owner:
        owner.execute("SELECT pg_advisory_lock(%s)", [SETUP_LOCK])
        _drop_leftovers(owner)
        template = "template_" + fingerprint(
            DATABASE_PATTERNS + TESTS_OWN_PATTERNS, *settings.INSTALLED_APPS, settings.DATABASE_APP_ROLE
        )
        if not _exists(owner, template):
            draft = f"draft_{os.getpid()}"
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(draft)))
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
            _migrate(lease, draft)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            owner.execute(rename.format(sql.Identifier(draft), sql.Identifier(template)))
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        owner.execute(copy.format(sql.Identifier(lease.database), sql.Identifier(template)))
        # Rights on a database itself are not copied with it.
        own, role = sql.Identifier(lease.database), sql.Identifier(urlsplit(lease.app_url()).username or "")
        owner.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(own))
        owner.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(own, role))
    point_django_at(lease.app_url())


def drop(lease: Lease) -> None:
    connections.close_all()
    with _administration(lease) as owner:
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(lease.database)))


def point_django_at(url: str) -> None:
    """Changes where the default connection of every thread goes from now on."""
    parts = urlsplit(url)
    connections["default"].close()
    settings.DATABASES["default"].update(
        NAME=parts.path[1:], USER=unquote(parts.username or ""), PASSWORD=unquote(parts.password or ""),
        HOST=parts.hostname or "", PORT=parts.port or "",
    )  # fmt: skip
    connections["default"].settings_dict.update(settings.DATABASES["default"])


@contextmanager
def _administration(lease: Lease) -> Iterator["psycopg.Connection"]:
    with psycopg.connect(lease.owner_url("postgres"), autocommit=True) as owner:
        yield owner


def _exists(owner: "psycopg.Connection", database: str) -> bool:
    return owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


def _migrate(lease: Lease, database: str) -> None:
    point_django_at(lease.owner_url(database))
    # run_syncdb: the tests have small apps of their own, without migrations.
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    if "grant_app_role" in get_commands():
        call_command("grant_app_role", verbosity=0)
    connections["default"].close()


def _drop_leftovers(owner: "psycopg.Connection") -> None:
    """Databases of runs that were killed, and templates of older migrations."""
    mine = "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = current_user ORDER BY oid DESC"
    names = [row[0] for row in owner.execute(mine)]
    dead = [name for name in names if (run := re.match(r"(?:test_portal|draft)_(\d+)", name)) and _is_dead(run[1])]
    old = [name for name in names if name.startswith("template_")][TEMPLATES_KEPT:]
    for name in dead + old:
        owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _is_dead(process: str) -> bool:
    return not Path("/proc", process).exists()


class Restorer:
    """Puts the database back as migrations left it, after a test that committed.

    TRUNCATE, Django's way, is refused by the ledger and not granted to the application. With
    session_replication_role = replica no trigger fires and no foreign key is checked: rows simply go.
    """

    def __init__(self, lease: Lease) -> None:
        self._owner = psycopg.connect(lease.owner_url(), autocommit=True)
        self._owner.execute("SET session_replication_role = replica")
        self._owner.execute(f"SET lock_timeout = '{RESTORE_WAITS_SECONDS}s'")
        tables = self._owner.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind IN ('r', 'p') AND NOT relispartition AND nspname = 'public'"
            " AND relname <> 'django_migrations' ORDER BY relname"
        )
        self._which_have_rows = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(name), sql.Identifier(name))
            for (name,) in tables.fetchall()
        )
        self._at_first = {name: self._contents(name) for name in self._tables_with_rows()}

    def close(self) -> None:
        self._owner.close()

    def restore(self) -> None:
        try:
            self._restore()
        except psycopg.errors.LockNotAvailable:
            # A process or thread that the test did not end still holds rows.
            self._owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            self._restore()

    def _restore(self) -> None:
        with self._owner.transaction():
            for name in set(self._tables_with_rows()) | set(self._at_first):
                contents = self._at_first.get(name)
                if contents is None:
                    self._owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
                elif self._contents(name) != contents:
                    self._owner.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
                    with self._owner.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))) as copy:
                        copy.write(contents)

    def _tables_with_rows(self) -> list[str]:
        return [row[0] for row in self._owner.execute(self._which_have_rows)]

    def _contents(self, name: str) -> bytes:
        with self._owner.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as copy:
            return b"".join(bytes(part) for part in copy)
