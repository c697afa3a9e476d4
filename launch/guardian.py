"""Ends what a supervisor leaves behind when it is killed and cannot do it itself.

Run as `python guardian.py SECONDS [PATH...]` with the supervisor's pipe as standard input. The supervisor writes `+PID`
and `-PID` lines for the process groups it starts and ends; when the pipe closes, whatever group is still alive is given
SECONDS to stop (the kernel has sent its leader the stop signal already), then killed, and the PATHs (temporary files,
the running portal's environment) are deleted. It holds the supervisor's run lock meanwhile, so that a new start waits
until the last process is gone. Standard library only: up in milliseconds.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Process(NamedTuple):
    """One line of the process table. `ended`: a zombie that nobody has collected."""

    pid: int
    parent: int
    group: int
    ended: bool


def processes() -> Iterator[Process]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it ended while we looked
                # The name may hold spaces and brackets; the fields after its last bracket are state, ppid, pgrp.
                state, parent, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
                yield Process(int(entry.name), int(parent), int(group), state in "ZX")


def members(group: int) -> list[int]:
    """Living processes of a process group."""
    return [process.pid for process in processes() if process.group == group and not process.ended]


def children(parent: int) -> list[Process]:
    return [process for process in processes() if process.parent == parent]


def kill_group(group: int, how: signal.Signals = signal.SIGKILL) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, how)


def read_groups() -> set[int]:
    """Follows the supervisor until its end of the pipe closes; returns the groups it had not ended."""
    groups: set[int] = set()
    for line in sys.stdin:
        number = int(line[1:])
        groups.add(number) if line[0] == "+" else groups.discard(number)
    return groups


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups = read_groups()
    deadline = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < deadline and any(members(group) for group in groups):
        time.sleep(0.1)
    for group in groups:
        if members(group):
            kill_group(group)
    for path in map(Path, sys.argv[2:]):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
