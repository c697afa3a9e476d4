"""One `make run` in a folder of its own, for tests to look at and to hurt."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from launch import edge_server, guardian
from launch.secret_store import read_env_file
from tests.servers import CHECKOUT

NOT_PASSED_ON = ("DATABASE", "REDIS", "PORTAL_", "PYTEST", "VAR_DIR", "SANDBOX", "PORT", "HOST", "PUBLIC_URL")
# What tells one service's processes from another's in the process table.
MARKS = {
    "web": b"-m\0granian",
    "worker": b"codes,money",
    "worker-bulk": b"notices,campaign,chores",
    "sandbox": b"-m\0sandbox",
    "database": b"postgres",
    "broker": b"-server",
    **({"nginx": b"nginx: master"} if edge_server.nginx_binary() else {}),
}


def processes_of(var: Path) -> list[int]:
    """Every living process that was started with this folder, whoever its parent is by now."""
    mark = f"VAR_DIR={var}".encode()
    return [process.pid for process in guardian.processes() if not process.ended and mark in environment(process.pid)]


def environment(pid: int) -> list[bytes]:
    return _read(pid, "environ").split(b"\0")


def command_line(pid: int) -> bytes:
    return _read(pid, "cmdline")


def _read(pid: int, name: str) -> bytes:
    try:
        return Path("/proc", str(pid), name).read_bytes()
    except OSError:
        return b""  # ended meanwhile, or somebody else's


class PortalRun:
    """Started without the demonstration's people unless asked; its own temporary folder shows what it leaves."""

    def __init__(self, var: Path, *options: str, env: dict[str, str] | None = None) -> None:
        self.var = var
        self.output = var / f"output-{time.monotonic_ns()}"
        self.temporary = var / "outer-tmp"
        self.temporary.mkdir(exist_ok=True)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "launch.up", *options],
            cwd=CHECKOUT,
            env=inherited | {"VAR_DIR": str(var), "TMPDIR": str(self.temporary)} | (env or {}),
            stdout=self.output.open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_until_up(self) -> "PortalRun":
        self.wait_for(lambda: "Ctrl-C stops everything" in self.said() or self.process.poll() is not None, 300)
        assert self.process.poll() is None, self.said()
        return self

    def address(self) -> str:
        return read_env_file(self.var / "run.env")["PUBLIC_URL"]

    def leaders(self) -> dict[str, int]:
        """The first process of each service that is up now."""
        found = {}
        for child in guardian.children(self.process.pid):
            for name, mark in MARKS.items():
                if not child.ended and child.pid == child.group and mark in command_line(child.pid):
                    found[name] = child.pid
        return found

    def leader(self, name: str) -> int:
        """Of one service, once it is there: between fork and exec a started process still looks like the supervisor,
        and a database that finds its killed predecessor's memory in use ends and is started once more."""
        seen: dict[str, int] = {}

        def is_there() -> bool:
            seen.update(self.leaders())
            return name in seen

        self.wait_for(is_there)
        return seen[name]

    def processes(self) -> list[int]:
        return processes_of(self.var)

    def log(self, name: str) -> str:
        path = self.var / "log" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 40) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{self.processes()}\n{self.said()}"
            time.sleep(0.1)

    def kill_everything(self) -> None:
        """For the end of a test that failed."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
