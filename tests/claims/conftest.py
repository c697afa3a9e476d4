"""Claims against the real sandbox: its national platform knows the stays, its bank pays."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from claims import stays
from sandbox.testing import Sandbox
from tests.accounts.people import signed_in
from tests.claims.people import Family
from tests.outside import connect
from tests.outside import environment as environment_of
from tests.payments.worker import Nursery, Worker
from tests.servers import Lease


@pytest.fixture
def outside(sandbox: Sandbox, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The sandbox, at the portal's time; files go to a folder of this test. On a busy machine it may take its time."""
    connect(settings, sandbox)
    monkeypatch.setattr(stays, "PATIENCE_SECONDS", 20.0)
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.QUARANTINE_DIR = tmp_path / "quarantine"
    sandbox.clock(settings.PORTAL_CLOCK)
    return sandbox


@pytest.fixture
def family(db: None, outside: Sandbox) -> Family:
    return Family()


@pytest.fixture
def later(settings: Settings, outside: Sandbox) -> Callable[..., None]:
    """later(minutes=3): time passes for the portal and for the sandbox."""

    def pass_time(**delta: float) -> None:
        shift = float(settings.PORTAL_CLOCK.rstrip("s")) + timedelta(**delta).total_seconds()
        settings.PORTAL_CLOCK = f"{'-' if shift < 0 else '+'}{abs(int(shift))}s"
        outside.clock(settings.PORTAL_CLOCK)

    return pass_time


@pytest.fixture(scope="session")
def claims_nursery(lease: Lease, django_db_setup: None, sandbox_process: Sandbox) -> Iterator[Nursery]:
    """Where worker processes come from: see tests/claims/worker.py."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {
        "DATABASE_URL": lease.app_url(),
        "REDIS_URL": lease.redis_url,
        **environment_of(sandbox_process),
    }
    parent = Nursery(environment, module="tests.claims.worker")
    yield parent
    parent.close()


@pytest.fixture
def worker(outside: Sandbox, claims_nursery: Nursery, settings: Settings) -> Callable[..., Worker]:
    """worker("sweep_transfers", CRASH_AT=…) starts a real process on this test's database, sandbox and clock."""

    def start(*arguments: str, **env: str) -> Worker:
        variables = {f"PAYMENTS_{name}": value for name, value in env.items()}
        same = {name: getattr(settings, name) for name in ("PORTAL_CLOCK", "PARTNERS", "SANDBOX_URL")}
        same |= {name: str(getattr(settings, name)) for name in ("MEDIA_ROOT", "QUARANTINE_DIR")}
        return claims_nursery.start(*arguments, environment=variables, settings=same)

    return start


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    return signed_in
