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

from launch import guardian, run_lock
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
    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        self.output = folder / "output"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.ops.family", str(folder), *more],
            cwd=CHECKOUT,
            stdout=self.output.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        wait_for(lambda: len(self.pids()) >= 4, "supervisor, steady and its child, stubborn")

    def terminal(self) -> str:
        return self.output.read_text()

    def log(self, name: str) -> str:
        path = self.folder / "log" / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def pids(self, name: str = "supervisor|steady|stubborn|roaming") -> list[int]:
        """The processes that have told of themselves and their children."""
        said = self.terminal() + "".join(map(self.log, ("steady", "stubborn", "roaming")))
        told = re.findall(rf"^(?:{name}) ([\d ]+)$", said, flags=re.MULTILINE)
        return [int(number) for line in told for number in line.split()]

    def steady(self) -> int:
        return self.pids("steady")[-2]

    def nobody_lives(self) -> bool:
        return not any(lives(pid) for pid in self.pids())


@pytest.fixture
def family(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Family]:
    started = Family(tmp_path, *getattr(request, "param", ()))
    yield started
    started.process.kill()
    started.process.wait()


def with_also(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("family", [(name,)], indirect=True, ids=[name])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_stops_everybody_in_order(family: Family, how: signal.Signals) -> None:
    family.process.send_signal(how)
    assert family.process.wait(20) == 0
    assert family.nobody_lives(), "even the one that ignores SIGTERM, and the child of the other"
    assert "steady leaves in order" in family.log("steady")
    assert not (family.folder / "tmp").exists(), "temporary files too"


@pytest.mark.faults
def test_when_the_supervisor_is_killed_nobody_outlives_it(family: Family) -> None:
    family.process.kill()
    family.process.wait()
    wait_for(family.nobody_lives, "everybody gone")
    wait_for(lambda: not (family.folder / "tmp").exists(), "temporary files gone")


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
def test_a_service_killed_again_and_again_comes_back_each_time(family: Family) -> None:
    for death in range(1, 3):
        before = family.steady()
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: family.steady() != before, "a new steady")  # noqa: B023  (called at once)
        assert family.terminal().count("!! steady ended (killed by SIGKILL) and is started again") == death
    assert lives(family.steady())
    family.process.send_signal(signal.SIGINT)
    assert family.process.wait(20) == 0
    assert family.nobody_lives(), "the orphans of the killed ones too"


@pytest.mark.faults
def test_three_quick_deaths_in_a_row_end_it_with_a_sentence_and_the_end_of_the_log(family: Family) -> None:
    for _ in range(2):
        before = family.steady()
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: family.steady() != before, "a new steady")  # noqa: B023  (called at once)
    last = family.steady()
    os.kill(last, signal.SIGKILL)
    assert family.process.wait(20) == 1
    said = family.terminal()
    assert "steady ended 3 times in a row soon after its start, at last killed by SIGKILL. The end of" in said
    assert f"    steady {last}" in said
    assert family.nobody_lives()


@with_also("hopeless")
def test_a_service_that_cannot_start_ends_it_and_its_own_last_words_are_shown(family: Family) -> None:
    assert family.process.wait(20) == 1
    assert "hopeless ended 3 times in a row soon after its start, at last code 1." in family.terminal()
    assert "    hopeless cannot find its purse" in family.terminal()
    assert family.nobody_lives()


@pytest.mark.faults
@with_also("roaming")
def test_a_killed_services_children_end_before_it_is_started_again(family: Family) -> None:
    """While one of PostgreSQL's processes is left, a new server refuses to start on the same data."""
    wait_for(lambda: len(family.pids("roaming")) == 2, "roaming and its child")
    roaming, child = family.pids("roaming")
    os.kill(roaming, signal.SIGKILL)
    wait_for(lambda: len(family.pids("roaming")) == 4, "a new one")
    assert not lives(child)


@pytest.mark.faults
def test_a_killed_guardian_is_replaced_and_does_its_work(family: Family) -> None:
    (first,) = [p.pid for p in guardian.children(family.process.pid) if b"guardian.py" in cmdline(p.pid)]
    os.kill(first, signal.SIGKILL)
    wait_for(
        lambda: any(b"guardian.py" in cmdline(p.pid) and p.pid != first for p in guardian.children(family.process.pid)),
        "a new guardian",
    )
    family.process.kill()
    family.process.wait()
    wait_for(family.nobody_lives, "everybody gone")


@with_also("complaining")
def test_only_problems_reach_the_terminal_each_once_and_not_more_than_a_handful(family: Family) -> None:
    wait_for(lambda: "complaining is done" in family.log("complaining"), "its log")
    wait_for(lambda: "no longer shown here" in family.terminal(), "the end of it")
    shown = [line for line in family.terminal().splitlines() if line.startswith("!! complaining: ")]
    assert shown[0].startswith("!! complaining: the same trouble with task 0  (")
    assert shown[-1].startswith("!! complaining: more problems, no longer shown here  (")
    assert len(shown) == 4
    assert "a line for the log" not in family.terminal()
    assert family.log("complaining").count("[error] the same trouble with task") == 20, "the log has them all"


def cmdline(pid: int) -> bytes:
    try:
        return Path("/proc", str(pid), "cmdline").read_bytes()
    except OSError:
        return b""
