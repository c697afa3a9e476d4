"""The payments room against the real sandbox: money is judged by the sandbox's log and by the ledger."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from core import clock
from sandbox.testing import Sandbox
from tests.outside import connect
from tests.outside import environment as environment_of
from tests.payments.till import Till
from tests.payments.worker import Nursery, Worker
from tests.servers import Lease


@pytest.fixture
def till(transactional_db: None, sandbox: Sandbox, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Till:
    """The room with its channels connected to the sandbox; both live at the same business time."""
    connect(settings, sandbox)
    # The check that no transaction is open around a call is off under test cases that wrap one; these do not.
    settings.PAYMENTS_STRICT_TRANSACTIONS = True
    sandbox.clock(settings.PORTAL_CLOCK)
    new = Till(sandbox, settings)
    # Time stands still but for later(): a retry after two seconds must not come due because the machine is busy.
    monkeypatch.setattr(clock, "now", lambda: new.now)
    return new


@pytest.fixture
def open_till(till: Till, live_server: Any, settings: Settings) -> Till:
    """The same, with a web server that the sandbox can send its notifications to."""
    settings.PUBLIC_URL = live_server.url
    return till


@pytest.fixture
def later(settings: Settings, till: Till) -> Callable[..., None]:
    """later(minutes=3): time passes for the portal and for the sandbox."""

    def pass_time(**delta: float) -> None:
        shift = float(settings.PORTAL_CLOCK.rstrip("s")) + timedelta(**delta).total_seconds()
        settings.PORTAL_CLOCK = f"{'-' if shift < 0 else '+'}{abs(int(shift))}s"
        till.sandbox.clock(settings.PORTAL_CLOCK)
        till.look_at_the_clock()

    return pass_time


@pytest.fixture(scope="session")
def nursery(lease: Lease, django_db_setup: None, sandbox_process: Sandbox) -> Iterator[Nursery]:
    """Where worker processes come from: see worker.py."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    addresses = {
        "DATABASE_URL": lease.app_url(),
        "REDIS_URL": lease.redis_url,
        **environment_of(sandbox_process),
    }
    parent = Nursery({**environment, **addresses})
    yield parent
    parent.close()


@pytest.fixture
def worker(till: Till, nursery: Nursery, settings: Settings) -> Iterator[Callable[..., Worker]]:
    """worker("sweep_transfers", CRASH_AT=…) starts a process on this test's database, sandbox and clock."""
    started: list[Worker] = []

    def start(*arguments: str, **env: str) -> Worker:
        variables = {name if name == "GUARDS_OFF" else f"PAYMENTS_{name}": value for name, value in env.items()}
        same = {name: getattr(settings, name) for name in ("PORTAL_CLOCK", "PUBLIC_URL", "PARTNERS")}
        same["PAYMENTS_STRICT_TRANSACTIONS"] = True
        started.append(nursery.start(*arguments, environment=variables, settings=same))
        return started[-1]

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()
