"""Runs a handful of processes together and leaves none behind, however it ends.

Each process gets its own session, so that Ctrl-C reaches only the supervisor, which stops them in the order given by
`stop_rank`. Should the supervisor itself be killed, the kernel tells every direct child (PR_SET_PDEATHSIG) and
`guardian.py` kills what remains of their process groups.
"""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from portal.services import guardian
from portal.services.places import Account

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

STOP_WITHIN_SECONDS = 10.0
GUARDIAN_WAITS_SECONDS = 12.0
MAX_RESTARTS = 5
RESTART_WINDOW_SECONDS = 60.0
MAX_LOG_BYTES = 20 * 1024 * 1024
COLOURS = (36, 33, 32, 35, 34, 31)


@dataclass(frozen=True)
class Service:
    """A long-running process. Lower `stop_rank` stops earlier, the same together; `quiet` writes to its log only."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    account: Account = field(default_factory=Account)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_rank: int = 0
    cwd: Path | None = None
    quiet: bool = False


@dataclass
class Running:
    service: Service
    process: "subprocess.Popen[bytes]"
    restarts: list[float] = field(default_factory=list)
    unfinished: bytes = b""

    def is_gone(self) -> bool:
        return self.process.poll() is not None and not guardian.members(self.process.pid)


class StoppedEarly(RuntimeError):
    """A service ended again and again."""


class Supervisor:
    """Use as a context manager; start() services, then run()."""

    def __init__(self, *, log_folder: Path, quiet: bool = False, lock: int | None = None) -> None:
        self.running: dict[str, Running] = {}
        self.log_folder = log_folder
        self.quiet = quiet
        self.stop_asked = 0
        self.stop_reason = ""
        self._lock = lock
        self._passing: Running | None = None
        self._logs: dict[str, IO[bytes]] = {}
        self._selector = selectors.DefaultSelector()
        self._terminal_is_there = True
        self._colours = sys.stdout.isatty()

    def __enter__(self) -> "Supervisor":
        self.log_folder.mkdir(parents=True, exist_ok=True)
        self._guardian = subprocess.Popen(
            [sys.executable, "-I", guardian.__file__, str(GUARDIAN_WAITS_SECONDS)],
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
            pass_fds=() if self._lock is None else (self._lock,),
        )
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

    def start(self, service: Service) -> Running:
        """Starts the process. Raises FileNotFoundError or PermissionError when it cannot be run."""
        stop_signal = service.stop_signal

        def die_with_the_supervisor() -> None:
            # After the change of account, which would clear it.
            _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))

        process = subprocess.Popen(  # type: ignore[call-overload]  # the options are a plain dict
            service.command,
            env={**os.environ, **service.env},
            cwd=service.cwd or "/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_the_supervisor,  # noqa: PLW1509  (the supervisor has one thread)
            **service.account.popen_options(),
        )
        self._tell_guardian(f"+{process.pid}\n")
        running = Running(service, process)
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

    def say(self, text: str, *, name: str = "portal") -> None:
        """A line to the terminal, if there still is one."""
        if not self._terminal_is_there:
            return
        colour = COLOURS[sum(map(ord, name)) % len(COLOURS)]
        head = f"\x1b[{colour}m{name:>8}\x1b[0m | " if self._colours else f"{name:>8} | "
        try:
            print(head + text, flush=True)
        except OSError:
            # The terminal was closed; stopping in order matters more than telling it.
            self._terminal_is_there = False

    def _ask_to_stop(self, number: int, _frame: FrameType | None) -> None:
        self.stop_asked += 1
        self.stop_reason = self.stop_reason or signal.Signals(number).name

    def _restart(self, running: Running) -> None:
        service, now = running.service, time.monotonic()
        recent = [moment for moment in running.restarts if now - moment < RESTART_WINDOW_SECONDS]
        code = running.process.returncode
        self._bury(running)
        if len(recent) >= MAX_RESTARTS:
            raise StoppedEarly(f"{service.name} ended {MAX_RESTARTS + 1} times within a minute (code {code})")
        self.say(
            f"{service.name} ended with code {code}, starting it again (log: {self.log_folder / service.name}.log)"
        )
        time.sleep(min(0.2 * 2 ** len(recent), 3))
        self.start(service).restarts = [*recent, now]

    def _bury(self, running: Running) -> None:
        """Kills what is left of the process group and collects the leader."""
        guardian.kill_group(running.process.pid)
        running.process.wait()
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
        self._write_log(running.service.name, data)
        *lines, running.unfinished = (running.unfinished + data).split(b"\n")
        if not (self.quiet or running.service.quiet):
            for line in lines:
                self.say(line.decode(errors="replace").rstrip(), name=running.service.name)
        return True

    def _write_log(self, name: str, data: bytes) -> None:
        """One file a service, begun anew at every start; the part before the last MAX_LOG_BYTES is let go."""
        path = self.log_folder / f"{name}.log"
        log = self._logs.get(name)
        if log is not None and log.tell() > MAX_LOG_BYTES:
            log.close()
            path.replace(path.with_suffix(".log.1"))
            log = None
        if log is None:
            log = self._logs[name] = path.open("wb", buffering=0)
        log.write(data)

    def _tell_guardian(self, line: str) -> None:
        assert self._guardian.stdin is not None
        self._guardian.stdin.write(line.encode())
        self._guardian.stdin.flush()
