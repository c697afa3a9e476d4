"""Ends what a supervisor leaves behind when it is killed and cannot do it itself.

Run as `python guardian.py SECONDS` with the supervisor's pipe as standard input. The supervisor writes `+PID` and
`-PID` lines for the process groups it starts and ends; when the pipe closes, whatever group is still alive is given
SECONDS to stop (the kernel has sent its leader the stop signal already), then killed. It holds the supervisor's run
lock meanwhile, so that a new start waits until the last process is gone. Standard library only: up in milliseconds.
"""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path


def members(group: int) -> list[int]:
    """Living processes of a process group; a zombie that nobody has collected does not live."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it ended while we looked
                # The name may hold spaces and brackets; the fields after its last bracket are state, ppid, pgrp.
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if fields[0] not in "ZX" and int(fields[2]) == group:
                    found.append(int(entry.name))
    return found


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


if __name__ == "__main__":
    main()
