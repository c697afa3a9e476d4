"""Worker processes that a test can kill at a named moment, forked from one that has already imported everything.

`python -m tests.payments.worker` reads one JSON request a line: {"arguments": ["sweep_transfers"], "environment": {},
"settings": {}}. For each it forks a process: {"started": pid}; when that has ended: {"ended": pid, "code": 0}.
Verbs: names of sweeps; or pay_out, pay_from_account, pay_by_wechat with a reference, and refund: these only instruct.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import django

CHECKOUT = Path(__file__).resolve().parent.parent.parent


class Worker:
    """One forked process, as the test sees it."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery, self.pid = nursery, pid

    def wait(self) -> int:
        """The exit code, or minus the signal that ended it."""
        return self._nursery.wait(self.pid)

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Nursery:
    """The process that imported everything, started once for a session."""

    def __init__(self, environment: Mapping[str, str], module: str = "tests.payments.worker") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            env=dict(environment),
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._codes: dict[int, int] = {}

    def start(self, *arguments: str, environment: Mapping[str, str], settings: Mapping[str, Any]) -> Worker:
        request = {"arguments": arguments, "environment": environment, "settings": settings}
        assert self._process.stdin is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        while "started" not in (answer := self._read()):
            pass
        return Worker(self, answer["started"])

    def wait(self, pid: int) -> int:
        while pid not in self._codes:
            self._read()
        return self._codes[pid]

    def _read(self) -> dict[str, int]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the workers' parent has ended"
        answer: dict[str, int] = json.loads(line)
        if "ended" in answer:
            self._codes[answer["ended"]] = answer["code"]
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def serve() -> None:
    django.setup()
    for module in ("tests.payments.sweeping", "tests.payments.till"):
        import_module(module)  # once, for every process forked below
    running: set[int] = set()
    while True:
        if select.select([sys.stdin], [], [], 0.02)[0]:
            line = sys.stdin.readline()
            if not line:
                break
            running.add(_fork(json.loads(line)))
        for pid in list(running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                running.discard(pid)
                _say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})
    for pid in running:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _fork(request: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        _say({"started": pid})
        return pid
    code = 1
    try:
        os.environ.update(request["environment"])
        from django.conf import settings

        for name, value in request["settings"].items():
            setattr(settings, name, value)
        _carry_out(*request["arguments"])
        code = 0
    finally:
        os._exit(code)


def _carry_out(verb: str, *arguments: str) -> None:
    from tests.payments import sweeping
    from tests.payments.till import FOR_TWO_FEN, Till

    clerk = Till.without_sandbox()
    if verb == "refund":
        from payments.models import Payment

        clerk.refund(Payment.objects.get(), FOR_TWO_FEN)
    elif hasattr(sweeping, verb):
        getattr(sweeping, verb)()
    else:
        getattr(clerk, verb)(*arguments)


def _say(answer: dict[str, int]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
