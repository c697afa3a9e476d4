"""pytest plugin: real PostgreSQL and Redis for the tests, ready before Django reads its settings.

Loaded by `-p tests.servers` (pyproject.toml). Every process of a run (pytest-xdist workers too) gets a database and a
Redis database of its own, so that any number of runs can go on at the same time.
"""

import hashlib
import os
import shutil
from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis

from launch import keeper, run_lock
from launch.keeper import TestServers
from launch.postgres_server import let_clean_up, make_role

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = CHECKOUT / "var" / "test"
# Inside the enrolment window, on a Friday; 2026 is a year whose working days are published.
TESTS_BEGIN_AT = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
OWNER, APP = "portal_test_owner", "portal_test_app"
MARKER_KEY = "portal:this-redis-database-is-for-tests"


@dataclass(frozen=True)
class Lease:
    """What this process tests against."""

    servers: TestServers
    database: str
    redis_url: str
    embedded: bool

    def owner_url(self, database: str | None = None) -> str:
        return f"{self.servers.owner_url}/{database or self.database}"

    def app_url(self, database: str | None = None) -> str:
        return f"{self.servers.app_url}/{database or self.database}"


LEASE = pytest.StashKey[Lease]()
_kept_open: list[int] = []


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Before pytest-django, which reads the settings in the same hook."""
    lease = _lease()
    early_config.stash[LEASE] = lease
    # The middleware that serves static files looks for its folder at every start.
    (run_folder(lease) / "static").mkdir(parents=True)
    os.environ.update(
        DATABASE_URL=lease.app_url(),
        DATABASE_OWNER_URL=lease.owner_url(),
        REDIS_URL=lease.redis_url,
        PORTAL_TESTING="1",
        PORTAL_CLOCK=os.environ.get("PORTAL_CLOCK") or _clock(),
        VAR_DIR=str(run_folder(lease)),
        **_folders_of_programs(),
    )
    return (yield)


def _folders_of_programs() -> dict[str, str]:
    """For temporary files and what chromium, fontconfig and matplotlib keep: nothing is left outside the checkout."""
    folders = {
        "PYTEST_DEBUG_TEMPROOT": FOLDER / "tmp",
        **{f"XDG_{kind}_HOME": FOLDER / "home" / kind.lower() for kind in ("CACHE", "CONFIG", "DATA")},
    }
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return {name: str(folder) for name, folder in folders.items()}


def pytest_unconfigure(config: pytest.Config) -> None:
    if (lease := config.stash.get(LEASE, None)) is not None:
        shutil.rmtree(run_folder(lease), ignore_errors=True)


def run_folder(lease: Lease) -> Path:
    """VAR_DIR of what this process tests."""
    return FOLDER / "runs" / lease.database


def _clock() -> str:
    """A shift and not an instant: every process of a run then reads the same time, however late it starts."""
    seconds = int((TESTS_BEGIN_AT - datetime.now(UTC)).total_seconds())
    return f"{'-' if seconds < 0 else '+'}{abs(seconds)}s"


def _lease() -> Lease:
    run = os.environ.setdefault("PORTAL_TEST_RUN", str(os.getpid()))
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = f"test_portal_{run}_{worker}"
    if "PORTAL_TEST_OWNER_SERVER" in os.environ:  # an xdist worker: its controller has asked already
        owner, app, redis_server = (os.environ[f"PORTAL_TEST_{name}_SERVER"] for name in ("OWNER", "APP", "REDIS"))
        servers = TestServers(owner, app, redis_server)
        embedded = os.environ["PORTAL_TEST_EMBEDDED"] == "1"
    else:
        servers, embedded = _servers()
        os.environ.update(
            PORTAL_TEST_OWNER_SERVER=servers.owner_url,
            PORTAL_TEST_APP_SERVER=servers.app_url,
            PORTAL_TEST_REDIS_SERVER=servers.redis_url,
            PORTAL_TEST_EMBEDDED="1" if embedded else "0",
        )
    servers = replace(servers, redis_databases=_redis_databases(servers.redis_url))
    return Lease(servers, database, _own_redis_database(servers), embedded)


def _servers() -> tuple[TestServers, bool]:
    """The servers named in the environment, or else the embedded ones. True if embedded."""
    given = (os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL"))
    embedded = None
    if not all(given):
        FOLDER.mkdir(parents=True, exist_ok=True)
        embedded, lease = keeper.lease(FOLDER)
        _kept_open.append(lease)
    database_url, redis_url = given
    if database_url:
        app, owner = _own_roles(database_url, os.environ.get("DATABASE_OWNER_URL"))
    else:
        assert embedded is not None
        app, owner = embedded.app_url, embedded.owner_url
    if redis_url:
        redis_server = _without_path(redis_url)
    else:
        assert embedded is not None
        redis_server = embedded.redis_url
    return TestServers(owner, app, redis_server), database_url is None


def _own_roles(database_url: str, owner_url: str | None) -> tuple[str, str]:
    """Addresses for the two roles on a server that is not ours: the two that were given, or two made by a superuser."""
    if owner_url and owner_url != database_url:
        return _without_path(database_url), _without_path(owner_url)
    # Derived, so that two runs at the same time do not change each other's passwords.
    passwords = [hashlib.sha256(f"{database_url} {role}".encode()).hexdigest() for role in (OWNER, APP)]
    with psycopg.connect(database_url, autocommit=True) as given:
        if given.info.parameter_status("is_superuser") != "on":
            raise pytest.UsageError(
                "The tests need two roles: set DATABASE_URL and DATABASE_OWNER_URL (deploy/roles.sql; the owner with"
                " CREATEDB, pg_signal_backend and SET on session_replication_role), or a superuser in DATABASE_URL."
            )
        given.execute("SELECT pg_advisory_lock(7260116)")
        make_role(given, OWNER, passwords[0], may_create_databases=True)
        make_role(given, APP, passwords[1])
        let_clean_up(given, OWNER)
    os.environ["DATABASE_APP_ROLE"] = APP
    parts = urlsplit(database_url)
    place = parts.netloc.rpartition("@")[2]
    owner, app = (f"{parts.scheme}://{role}:{word}@{place}" for role, word in zip((OWNER, APP), passwords, strict=True))
    return app, owner


def _without_path(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path="", query="", fragment=""))


def _redis_databases(server: str) -> int:
    with redis.Redis.from_url(f"{server}/0") as client:
        return int(client.config_get("databases")["databases"])


def _own_redis_database(servers: TestServers) -> str:
    """The URL of a Redis database that no other test process uses, emptied. Database 0 is left to others."""
    for number in range(1, servers.redis_databases):
        lock = run_lock.open_lock(FOLDER / "redis-databases" / f"{number}.lock")
        if not run_lock.try_lock(lock):
            os.close(lock)
            continue
        url = f"{servers.redis_url}/{number}"
        with redis.Redis.from_url(url) as client:
            if client.dbsize() and not client.exists(MARKER_KEY):
                os.close(lock)
                continue  # somebody's data on a server that is not ours
            client.flushdb()
            client.set(MARKER_KEY, "1")
        _kept_open.append(lock)
        return url
    raise pytest.UsageError("every Redis database is taken: end other test runs or give another REDIS_URL")
