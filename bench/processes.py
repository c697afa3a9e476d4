"""Processor time of the portal's processes, from /proc, by what they are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
# What stands in a command line, and what the process is called here; the first that fits.
KINDS = (
    ("granian", "web"),
    ("celery", "worker"),
    ("-m sandbox", "sandbox"),
    ("postgres", "PostgreSQL"),
    ("valkey", "broker"),
    ("redis", "broker"),
    ("nginx", "edge"),
)


@dataclass(frozen=True)
class CpuTimes:
    """Processor seconds used so far, by kind of process, their ended children included."""

    seconds: dict[str, float]

    def since(self, before: CpuTimes) -> dict[str, float]:
        """Seconds used between two looks, by kind."""
        return {kind: used - before.seconds.get(kind, 0.0) for kind, used in sorted(self.seconds.items())}


def cpu_times(supervisor: int) -> CpuTimes:
    """Of the supervisor and everything below it. Ended children count with whoever waited for them (proc(5) cutime)."""
    parents, usage = _all()
    seconds: dict[str, float] = {}
    for process, used in usage.items():
        kind = _kind(process, supervisor, parents)
        if kind:
            seconds[kind] = seconds.get(kind, 0.0) + used
    return CpuTimes(seconds)


def pids_by_kind(supervisor: int) -> dict[str, list[int]]:
    """The supervisor's processes of this moment, by what they are."""
    parents, _usage = _all()
    found: dict[str, list[int]] = {}
    for process in parents:
        if kind := _kind(process, supervisor, parents):
            found.setdefault(kind, []).append(process)
    return found


def _all() -> tuple[dict[int, int], dict[int, float]]:
    """Parent and processor seconds of every process of the machine."""
    parents, usage = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (found := _read(entry)):
            parents[int(entry.name)], usage[int(entry.name)] = found
    return parents, usage


def _read(entry: Path) -> tuple[int, float] | None:
    """Parent and processor seconds of one process; None when it ended while we looked."""
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1]), sum(int(field) for field in fields[11:15]) / TICKS_PER_SECOND


def _kind(process: int, supervisor: int, parents: dict[int, int]) -> str:
    """The kind of a process below the supervisor, "" for one elsewhere. A child without a name of its own in the list
    (a backend of PostgreSQL writes its state into its command line) is what its parent is."""
    chain = [process]
    while chain[-1] != supervisor:
        parent = parents.get(chain[-1], 0)
        if parent <= 1:
            return ""
        chain.append(parent)
    for member in chain[:-1]:
        command = _command(member)
        for text, kind in KINDS:
            if text in command:
                return kind
    return "supervisor"


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
