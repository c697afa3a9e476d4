"""Runs a handful of processes together and leaves none behind, however it ends.

Each process gets its own session, so that Ctrl-C reaches only the supervisor, which stops them in the order given by
`stop_rank`. Should the supervisor itself be killed, the kernel tells every direct child (PR_SET_PDEATHSIG) and
`guardian.py` kills what remains of their process groups. What a service says goes to LOG_FOLDER/<name>.log.

A service that ends is started again, however often, unless it ended QUICK_DEATHS times in a row within QUICK_SECONDS
of its start: then something is wrong that another start does not mend.
"""

import contextlib
import ctypes
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from launch import guardian
from launch.places import Account
from launch.terminal import Terminal, shown, tail

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)

STOP_WITHIN_SECONDS = 10.0
GUARDIAN_WAITS_SECONDS = 12.0
QUICK_SECONDS = 20.0
QUICK_DEATHS = 3
ORPHANS_END_WITHIN_SECONDS = 5.0
MAX_LOG_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Service:
    """A long-running process. Lower `stop_rank` stops earlier, the same together.

    A line of its output that `problem` matches is also shown at the terminal: the pattern's last group that matched.
    `env` is added to the supervisor's own, without the names in `without`.
    """

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    account: Account = field(default_factory=Account)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_rank: int = 0
    cwd: Path | None = None
    problem: re.Pattern[str] | None = None
    without: frozenset[str] = frozenset()


@dataclass
class Running:
    service: Service
    process: "subprocess.Popen[bytes]"
    began: float
    quick_deaths: int = 0
    unfinished: bytes = b""

    def is_gone(self) -> bool:
        return self.process.poll() is not None and not guardian.members(self.process.pid)


class StoppedEarly(RuntimeError):
    """A service ended again and again."""


class Supervisor:
    """Use as a context manager; start() services, then run().

    terminal: where problems are told; None: nowhere. lock: a descriptor held until the last process is gone.
    leavings: files and folders that are deleted then.
    """

    def __init__(
        self,
        *,
        log_folder: Path,
        terminal: Terminal | None = None,
        lock: int | None = None,
        leavings: Sequence[Path] = (),
    ) -> None:
        self.running: dict[str, Running] = {}
        self.log_folder = log_folder
        self.terminal = terminal
        self.stop_asked = 0
        self.stop_reason = ""
        self._lock = lock
        self._leavings = leavings
        self._passing: Running | None = None
        self._logs: dict[str, IO[bytes]] = {}
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> "Supervisor":
        self.log_folder.mkdir(parents=True, exist_ok=True)
        # Children of a service that was killed become ours instead of init's, and so can be ended.
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
        # Whoever was a child of this process before is nobody's orphan.
        self._older = {child.pid for child in guardian.children(os.getpid())}
        self._guardian = self._start_guardian()
        for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(stop, self._ask_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_all()
        assert self._guardian.stdin is not None
        self._guardian.stdin.close()
        self._guardian.wait()
        for log in self._logs.values():
            log.close()

    def _start_guardian(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-I", guardian.__file__, str(GUARDIAN_WAITS_SECONDS), *map(str, self._leavings)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
            pass_fds=() if self._lock is None else (self._lock,),
        )

    def start(self, service: Service) -> Running:
        """Starts the process. Raises FileNotFoundError or PermissionError when it cannot be run."""
        stop_signal = service.stop_signal
        self._open_log(service.name)

        def die_with_the_supervisor() -> None:
            # After the change of account, which would clear it.
            _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))

        inherited = {name: value for name, value in os.environ.items() if name not in service.without}
        process = subprocess.Popen(  # type: ignore[call-overload]  # the options are a plain dict
            service.command,
            env={**inherited, **service.env},
            cwd=service.cwd or "/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_the_supervisor,  # noqa: PLW1509  (the supervisor has one thread)
            **service.account.popen_options(),
        )
        self._tell_guardian(f"+{process.pid}\n")
        running = Running(service, process, began=time.monotonic())
        os.set_blocking(process.stdout.fileno(), False)
        self._selector.register(process.stdout, selectors.EVENT_READ, running)
        self.running[service.name] = running
        return running

    def run(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Passes output on and restarts what ends, until a signal or `until()` says stop. Raises StoppedEarly."""
        while not self.stop_asked and not until():
            self.tend(0.5)

    def tend(self, seconds: float) -> None:
        """Passes on output for up to `seconds` and restarts what ended. Raises StoppedEarly."""
        self.pump(seconds)
        if self._guardian.poll() is not None and not self.stop_asked:
            self._guardian = self._start_guardian()
            for running in self.running.values():
                self._tell_guardian(f"+{running.process.pid}\n")
        for running in list(self.running.values()):
            if running is not self._passing and running.process.poll() is not None and not self.stop_asked:
                self._restart(running)

    def run_once(self, service: Service) -> int:
        """Runs something that ends by itself, tending the rest; its exit code (negative: a signal)."""
        self._passing = running = self.start(service)
        while running.process.poll() is None and not self.stop_asked:
            self.tend(0.1)
        self._bury(running)
        self._passing = None
        return int(running.process.returncode)

    def forget(self, running: Running) -> None:
        """Ends it, if it still lives, and does not start it again."""
        self._bury(running)

    def pump(self, seconds: float) -> None:
        """Passes on the output that arrives within `seconds`; returns at the first."""
        for key, _ in self._selector.select(seconds):
            self._pass_on(key.data)

    def stop_all(self) -> None:
        """Stops everything in order; returns when no process is left. A second Ctrl-C hurries it."""
        for rank in sorted({running.service.stop_rank for running in self.running.values()}):
            group = [running for running in self.running.values() if running.service.stop_rank == rank]
            for running in group:
                if running.process.poll() is None:
                    running.process.send_signal(running.service.stop_signal)
            asked = self.stop_asked
            deadline = time.monotonic() + STOP_WITHIN_SECONDS
            while time.monotonic() < deadline and self.stop_asked <= max(asked, 1):
                if all(running.is_gone() for running in group):
                    break
                self.pump(0.05)
            for running in group:
                self._bury(running)

    def log_of(self, name: str) -> Path:
        return self.log_folder / f"{name}.log"

    def _ask_to_stop(self, number: int, _frame: FrameType | None) -> None:
        self.stop_asked += 1
        self.stop_reason = self.stop_reason or signal.Signals(number).name

    def _restart(self, running: Running) -> None:
        name = running.service.name
        quick = running.quick_deaths + 1 if time.monotonic() - running.began < QUICK_SECONDS else 0
        self._bury(running)
        how = ended_how(running.process.returncode)
        if quick >= QUICK_DEATHS:
            raise StoppedEarly(
                f"{name} ended {QUICK_DEATHS} times in a row soon after its start, at last {how}."
                f" The end of {shown(self.log_of(name))}:\n{tail(self.log_of(name))}"
            )
        self._tell(f"{name} ended ({how}) and is started again; its log: {shown(self.log_of(name))}")
        time.sleep(0.2 * 2**quick)
        self.start(running.service).quick_deaths = quick

    def _tell(self, problem: str) -> None:
        if self.terminal is not None:
            self.terminal.problem(problem)

    def _bury(self, running: Running) -> None:
        """Kills what is left of the process group and of its orphans, and collects them."""
        guardian.kill_group(running.process.pid)
        running.process.wait()
        self._end_orphans(of=running)
        while self._pass_on(running):
            pass
        assert running.process.stdout is not None
        with contextlib.suppress(KeyError):  # its output ended before it did
            self._selector.unregister(running.process.stdout)
        running.process.stdout.close()
        self._tell_guardian(f"-{running.process.pid}\n")
        if self.running.get(running.service.name) is running:
            del self.running[running.service.name]

    def _pass_on(self, running: Running) -> bool:
        """Reads what is there now. False when there is nothing (any more)."""
        assert running.process.stdout is not None
        if running.process.stdout.closed:
            return False
        data: bytes | None = running.process.stdout.read(65536)  # None: nothing now; empty: nothing ever again
        if data is None:
            return False
        if not data:
            with contextlib.suppress(KeyError):  # told twice
                self._selector.unregister(running.process.stdout)
            return False
        self._open_log(running.service.name).write(data)
        *lines, running.unfinished = (running.unfinished + data).split(b"\n")
        if self.terminal is not None and (pattern := running.service.problem) is not None:
            for line in lines:
                if found := pattern.search(line.decode(errors="replace")):
                    name = running.service.name
                    self.terminal.problem_of(name, found[found.lastindex or 0].strip(), self.log_of(name))
        return True

    def _end_orphans(self, of: Running) -> None:
        """Children of ours that no living service leads: given a moment to see it themselves, then killed.

        PostgreSQL's processes have sessions of their own and leave when they find the first one dead; while one is
        left, a new server refuses to start on the same data.
        """
        known = {
            *self._older,
            self._guardian.pid,
            *(other.process.pid for other in self.running.values() if other is not of),
        }
        deadline = time.monotonic() + ORPHANS_END_WITHIN_SECONDS
        while orphans := [
            child for child in guardian.children(os.getpid()) if child.pid not in known and child.group not in known
        ]:
            for orphan in orphans:
                if orphan.ended:
                    with contextlib.suppress(ChildProcessError):
                        os.waitpid(orphan.pid, 0)
                elif time.monotonic() > deadline:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(orphan.pid, signal.SIGKILL)
            time.sleep(0.02)

    def _open_log(self, name: str) -> IO[bytes]:
        """One file a service, begun anew at every start of ours; the one before, or what was before the last
        MAX_LOG_BYTES, is <name>.log.1."""
        log = self._logs.get(name)
        if log is None or log.tell() > MAX_LOG_BYTES:
            if log is not None:
                log.close()
            path = self.log_of(name)
            if path.exists():
                path.replace(path.with_suffix(".log.1"))
            log = self._logs[name] = path.open("wb", buffering=0)
        return log

    def _tell_guardian(self, line: str) -> None:
        assert self._guardian.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it was killed: tend() starts another and tells it everything
            os.write(self._guardian.stdin.fileno(), line.encode())


def ended_how(code: int) -> str:
    """A return code of subprocess in words: "code 1", "killed by SIGKILL"."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"code {code}"
