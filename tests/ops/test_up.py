"""`make run`'s supervisor with the real product under it: one start, a clean stop, a second start, a kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest

from portal.services.places import remove_cluster_folder
from portal.services.ports import any_free
from portal.services.secret_store import read_env_file
from tests.servers import CHECKOUT, FOLDER

pytestmark = [pytest.mark.slow, pytest.mark.faults]
NOT_PASSED_ON = ("DATABASE", "REDIS", "PORTAL_", "PYTEST", "VAR_DIR", "SANDBOX")


def processes_of(var: Path) -> list[int]:
    """Every living process that was started with this folder, whoever its parent is by now."""
    mark = f"VAR_DIR={var}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue  # ended meanwhile, or somebody else's
    return found


class PortalRun:
    """One `up` in a folder of its own."""

    def __init__(self, var: Path, port: int) -> None:
        self.var = var
        self.output = var / f"output-{time.monotonic_ns()}"
        env = {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal.services.up", "--port", str(port), "--no-demo"],
            cwd=CHECKOUT,
            env=env | {"VAR_DIR": str(var)},
            stdout=self.output.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_until_up(self) -> "PortalRun":
        self._wait(lambda: "Ctrl-C stops it" in self.said() or self.process.poll() is not None, 120)
        assert self.process.poll() is None, self.said()
        return self

    def processes(self) -> list[int]:
        return processes_of(self.var)

    def wait_until_nobody_lives(self) -> None:
        self._wait(lambda: not self.processes(), 40)

    def _wait(self, condition: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{self.processes()}\n{self.said()}"
            time.sleep(0.1)


@pytest.fixture
def var() -> Iterator[Path]:
    folder = FOLDER / "runs" / f"up-{os.getpid()}"
    folder.mkdir(parents=True)
    yield folder
    for pid in processes_of(folder):
        os.kill(pid, signal.SIGKILL)
    remove_cluster_folder(folder / "pg")


def test_the_portal_starts_stops_starts_again_with_its_data_and_leaves_no_process(var: Path) -> None:
    port = any_free()
    first = PortalRun(var, port).wait_until_up()
    address = read_env_file(var / "run.env")["PUBLIC_URL"]
    with urlopen(f"{address}/healthz", timeout=10) as answer:
        assert answer.status == 200
    assert len(first.processes()) > 8, "supervisor, guardian, database, broker, web, worker, beat, sandbox"

    # The role the product runs as can write rows, and nothing else.
    database = read_env_file(var / "run.env")["DATABASE_URL"]
    with psycopg.connect(database, autocommit=True) as app:
        app.execute("INSERT INTO django_session VALUES ('kept', '', now() + interval '1 day')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id int)")

    # Somebody types `make run` again in the same checkout.
    again = PortalRun(var, port)
    assert again.process.wait(30) == 1
    assert f"it is running already: {address}" in again.said()

    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(60) == 0, first.said()
    first.wait_until_nobody_lives()

    second = PortalRun(var, port).wait_until_up()
    with psycopg.connect(read_env_file(var / "run.env")["DATABASE_URL"]) as app:
        assert app.execute("SELECT session_key FROM django_session").fetchall() == [("kept",)]

    second.process.kill()
    second.process.wait()
    second.wait_until_nobody_lives()
