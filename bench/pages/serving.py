"""What one page costs the real web server: processor time of web and database, bytes on the wire."""

from __future__ import annotations

import gzip
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.pages.addresses import Page
from bench.processes import pids_by_kind

REST_SECONDS = 10


@dataclass(frozen=True)
class Served:
    """Milliseconds and bytes of one request, the middle of several. statuses: all that came."""

    web_ms: float
    database_ms: float
    wall_ms: float
    bytes_sent: int
    statuses: frozenset[int]


def nanoseconds(pids: list[int]) -> dict[int, int]:
    """Time on a processor by process, exact where /proc/<pid>/stat counts in ticks of 10 ms: of every thread."""
    spent: dict[int, int] = {}
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*"):
            try:
                spent[pid] = spent.get(pid, 0) + int((thread / "schedstat").read_text().split()[0])
            except (OSError, IndexError):
                continue  # it ended while we looked
    return spent


def milliseconds(before: dict[int, int], after: dict[int, int]) -> float:
    """What those used that were there both times, and those that came."""
    return sum(used - before.get(pid, 0) for pid, used in after.items()) / 1e6


class Server:
    """One connection kept open, as a browser has it."""

    def __init__(self, url: str, supervisor: int) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        self._supervisor = supervisor
        self._at_rest = self._database_at_rest()

    def ask(self, page: Page, rounds: int) -> Served:
        headers = {"Accept": "text/html", "Accept-Language": "zh-CN", "Accept-Encoding": "gzip"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in page.visitor.cookies.items())
        for _warm in range(2):
            self.http.get(page.path, headers=headers)
        web, database, began = self._used("web"), self._used("PostgreSQL"), time.monotonic()
        statuses, size, walls = set(), 0, []
        for _round in range(rounds):
            asked = time.monotonic()
            with self.http.stream("GET", page.path, headers=headers) as reply:
                raw = b"".join(reply.iter_raw())
            walls.append(time.monotonic() - asked)
            statuses.add(reply.status_code)
            size = len(raw) if "content-encoding" in reply.headers else len(gzip.compress(raw, 6))
        # What workers ask of the database meanwhile is no page's.
        beside = (time.monotonic() - began) * self._at_rest
        return Served(
            milliseconds(web, self._used("web")) / rounds,
            max(0.0, milliseconds(database, self._used("PostgreSQL")) - beside) / rounds,
            statistics.median(walls) * 1000,
            size,
            frozenset(statuses),
        )

    def _used(self, kind: str) -> dict[int, int]:
        return nanoseconds(pids_by_kind(self._supervisor).get(kind, []))

    def _database_at_rest(self) -> float:
        """Milliseconds of PostgreSQL a second when nobody opens a page."""
        before = self._used("PostgreSQL")
        time.sleep(REST_SECONDS)
        return milliseconds(before, self._used("PostgreSQL")) / REST_SECONDS
