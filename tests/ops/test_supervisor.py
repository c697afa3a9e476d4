"""The supervisor leaves no process, however it ends, and brings back what falls over."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.services import run_lock
from tests.servers import CHECKOUT


def lives(pid: int) -> bool:
    try:
        return Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


class Family:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "output"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ops.family", str(folder)],
            cwd=CHECKOUT,
            stdout=self.output.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        wait_for(lambda: len(self.pids()) == 4, "supervisor, steady and its child, stubborn")

    def said(self) -> str:
        return self.output.read_text()

    def pids(self) -> list[int]:
        """All processes it has told of, the supervisor's own among them."""
        told = re.findall(r"(?:steady|stubborn|supervisor) ([\d ]+)", self.said())
        return [int(number) for line in told for number in line.split()]

    def steady(self) -> int:
        return int(re.findall(r"steady (\d+)", self.said())[-1])

    def nobody_lives(self) -> bool:
        return not any(lives(pid) for pid in self.pids())


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    started = Family(tmp_path)
    yield started
    started.process.kill()
    started.process.wait()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_stops_everybody_in_order(family: Family, how: signal.Signals) -> None:
    family.process.send_signal(how)
    assert family.process.wait(20) == 0
    assert family.nobody_lives(), "even the one that ignores SIGTERM, and the child of the other"
    assert "steady leaves in order" in family.said()


@pytest.mark.faults
def test_when_the_supervisor_is_killed_nobody_outlives_it(family: Family) -> None:
    family.process.kill()
    family.process.wait()
    wait_for(family.nobody_lives, "everybody gone")


@pytest.mark.faults
def test_the_run_lock_is_free_only_when_the_last_process_is_gone(family: Family) -> None:
    """A new start must not meet a database that the old one is still closing."""
    lock = run_lock.open_lock(family.folder / "run.lock")
    try:
        family.process.kill()
        family.process.wait()
        assert not run_lock.try_lock(lock), "the stubborn one is still there"
        assert run_lock.lock_within(lock, 20)
        assert family.nobody_lives()
    finally:
        os.close(lock)


@pytest.mark.faults
def test_a_killed_service_comes_back(family: Family) -> None:
    first = family.steady()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: family.steady() != first, "a new steady")
    assert "steady ended with code -9, starting it again" in family.said()
    assert lives(family.steady())
    family.process.send_signal(signal.SIGINT)
    assert family.process.wait(20) == 0
    assert family.nobody_lives(), "the orphan of the killed one too"
