"""Fixtures for every test: the database, Redis, real processes, real browsers. See docs/testing.md."""

import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from launch.guardian import kill_group
from look.templatetags.look import PARTS
from tests import database
from tests.guards.rows import Rows
from tests.servers import CHECKOUT, LEASE, MARKER_KEY, Lease

pytest_plugins = ["tests.browser"]
if importlib.util.find_spec("sandbox") and importlib.util.find_spec("sandbox.testing"):
    pytest_plugins.append("sandbox.testing")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On several cores the longest files come first, so that none is left to a single core at the end: those with a
    slow test, then those in a browser, then the rest by their number of tests."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    rank: dict[Path, list[int]] = {}
    for item in items:
        known = rank.setdefault(item.path, [0, 0, 0])
        known[0] |= bool(item.get_closest_marker("slow"))
        known[1] |= bool(item.get_closest_marker("browser"))
        known[2] += 1
    items.sort(key=lambda item: [-weight for weight in rank[item.path]])


@pytest.fixture(scope="session")
def lease(request: pytest.FixtureRequest) -> Lease:
    """Addresses of the servers and the name of the database that this process tests against."""
    return request.config.stash[LEASE]


@pytest.fixture(scope="session")
def django_db_setup(lease: Lease, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Replaces pytest-django's: migrated as the owner, used as the application's role."""
    with django_db_blocker.unblock():
        database.create(lease)
        restorer = database.Restorer(lease)
        # Django's own teardown truncates, which the application's role must not be able to do.
        setattr(TransactionTestCase, "_fixture_teardown", lambda _case: restorer.restore())  # noqa: B010  (unknown to the stubs)
    yield
    with django_db_blocker.unblock():
        restorer.close()
        database.drop(lease)


@pytest.fixture(autouse=True)
def _no_parts_of_earlier_pages() -> None:
    """Parts of pages are kept in the tests as they are outside, each test's own."""
    PARTS.clear()


@pytest.fixture(autouse=True)
def _fresh_redis(redis_client: "redis.Redis") -> Iterator[None]:
    """What one test leaves in cache and queues is gone before the next; queue bindings stay, publishers trust them."""
    yield
    stale = [key for key in redis_client.scan_iter() if not key.startswith((b"_kombu.binding.", MARKER_KEY.encode()))]
    if stale:
        redis_client.delete(*stale)


@pytest.fixture(scope="session")
def redis_client(lease: Lease) -> Iterator["redis.Redis"]:
    """This process's own Redis database: the cache and the broker of the code under test."""
    with redis.Redis.from_url(lease.redis_url) as client:
        yield client


@pytest.fixture
def owner_connection(transactional_db: None, lease: Lease) -> Iterator["psycopg.Connection"]:
    """Raw SQL as the role that owns the tables (autocommit)."""
    with psycopg.connect(lease.owner_url(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def trigger_off(owner_connection: "psycopg.Connection") -> Callable[[str, str], AbstractContextManager[None]]:
    """`with trigger_off("payments_refund", "refund_within_payment")`: for controls. Only the owner can do this."""

    @contextmanager
    def off(table: str, name: str) -> Iterator[None]:
        found = owner_connection.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE %s",
            [table, f"pgtrigger_{name}_%"],
        ).fetchone()
        assert found is not None, f"no trigger {name} on {table}"
        change = sql.SQL("ALTER TABLE {} {} TRIGGER {}")
        words = [sql.Identifier(table), sql.Identifier(found[0])]
        owner_connection.execute(change.format(words[0], sql.SQL("DISABLE"), words[1]))
        try:
            yield
        finally:
            owner_connection.execute(change.format(words[0], sql.SQL("ENABLE"), words[1]))

    return off


@pytest.fixture
def app_connection(transactional_db: None, lease: Lease) -> Iterator["psycopg.Connection"]:
    """Raw SQL as the role that the product runs as (autocommit)."""
    with psycopg.connect(lease.app_url(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def rows(db: None, lease: Lease) -> Iterator[Rows]:
    """Rows put and changed as the owner, past our code; taken back at the end. See tests/guards/rows.py."""
    with psycopg.connect(lease.owner_url()) as owner:
        owner.execute("SET lock_timeout = '10s'")
        yield Rows(owner)
        owner.rollback()


@pytest.fixture
def process_env(lease: Lease) -> Callable[[], dict[str, str]]:
    """The environment for a real process of the product on this test's database, Redis, sandbox and clock."""

    def environment() -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
            "DATABASE_URL": lease.app_url(),
            "DATABASE_OWNER_URL": lease.owner_url(),
            "REDIS_URL": lease.redis_url,
            "SANDBOX_URL": settings.SANDBOX_URL,
            **settings.PARTNERS,
            "PORTAL_CLOCK": settings.PORTAL_CLOCK,
            "VAR_DIR": str(settings.VAR_DIR),
            "PYTHONUNBUFFERED": "1",
        }

    return environment


class CeleryWorker:
    """A real Celery worker process. `log` is what it wrote."""

    READY_WITHIN_SECONDS = 30

    def __init__(self, environment: Callable[[], dict[str, str]], log: Path, *arguments: str) -> None:
        self._environment = environment
        self._arguments = arguments
        self._process: subprocess.Popen[bytes] | None = None
        self.log_path = log

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    @property
    def pid(self) -> int:
        assert self._process is not None, "start() it first"
        return self._process.pid

    def start(self, *, extra_env: dict[str, str] | None = None, wait: bool = True) -> "CeleryWorker":
        """Starts it (again); by default returns when it takes tasks."""
        seen = len(self.log)
        command = [sys.executable, "-m", "celery", "-A", "portal", "worker", "--concurrency=1", "--loglevel=INFO"]
        command += ["--without-gossip", "--without-mingle", f"--hostname=test-{os.getpid()}@%h", *self._arguments]
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=self._environment() | {"LOG_FORMAT": "console"} | (extra_env or {}),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if wait:
            self.wait_for_log(" ready.", after=seen)
        return self

    def wait_for_log(self, text: str, *, after: int = 0, seconds: float = READY_WITHIN_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.log[after:]:
            assert self._process is not None
            assert self._process.poll() is None, f"the worker ended:\n{self.log}"
            assert time.monotonic() < deadline, f"{text!r} did not appear in the worker's log:\n{self.log}"
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the worker and its children: what a power cut or the kernel's OOM killer does."""
        if self._process is not None:
            kill_group(self._process.pid)
            self._process.wait()

    def wait_until_ended(self, seconds: float = 30) -> int:
        """For a worker that ends itself (a fault armed by `extra_env`); its exit code."""
        assert self._process is not None
        return self._process.wait(seconds)

    def stop(self) -> None:
        """SIGTERM: finishes its task and leaves."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
                pytest.fail(f"the worker did not stop within 15 s of SIGTERM:\n{self.log}")
        self.kill()


@pytest.fixture
def celery_worker_process(
    transactional_db: None, process_env: Callable[[], dict[str, str]], tmp_path: Path
) -> Iterator[CeleryWorker]:
    """A worker to start(), kill() and stop(). Its tasks see only what the test has committed."""
    worker = CeleryWorker(process_env, tmp_path / "worker.log")
    yield worker
    worker.kill()
