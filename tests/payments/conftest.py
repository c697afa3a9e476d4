"""The payments room against the real sandbox: money is judged by the sandbox's log and by the ledger."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from sandbox.testing import Sandbox
from tests.payments.till import Till

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def till(transactional_db: None, sandbox: Sandbox, settings: Settings) -> Iterator[Till]:
    """The room with its channels connected to the sandbox; both live at the same business time."""
    settings.SANDBOX_URL = sandbox.base_url
    settings.SANDBOX_KEYS = str(sandbox.key_file)
    # The check that no transaction is open around a call is off under test cases that wrap one; these do not.
    settings.PAYMENTS_STRICT_TRANSACTIONS = True
    sandbox.clock(settings.PORTAL_CLOCK)
    yield Till(sandbox, settings)


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

    return pass_time


@pytest.fixture
def worker(
    till: Till, process_env: Callable[[], dict[str, str]]
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """worker("sweep_transfers", CRASH_AT=…) starts a process on this test's database and sandbox; see worker.py."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **env: str) -> subprocess.Popen[bytes]:
        variables = {name if name == "GUARDS_OFF" else f"PAYMENTS_{name}": value for name, value in env.items()}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.payments.worker", *arguments], env=process_env() | variables, cwd=ROOT
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
