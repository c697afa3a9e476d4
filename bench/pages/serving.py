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


@dataclass(frozen=True)
class Served:
    """Milliseconds and bytes of one request, the middle of several. statuses: all that came."""

    web_ms: float
    database_ms: float
    wall_ms: float
    bytes_sent: int
    statuses: frozenset[int]


def nanoseconds(pids: list[int]) -> int:
    """Time on a processor, exact where /proc/<pid>/stat counts in ticks of 10 ms: of every thread (proc(5))."""
    spent = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*"):
            try:
                spent += int((thread / "schedstat").read_text().split()[0])
            except (OSError, IndexError):
                continue  # it ended while we looked
    return spent


class Server:
    """One connection kept open, as a browser has it."""

    def __init__(self, url: str, supervisor: int) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        self._supervisor = supervisor

    def ask(self, page: Page, rounds: int) -> Served:
        headers = {"Accept": "text/html", "Accept-Language": "zh-CN", "Accept-Encoding": "gzip"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in page.visitor.cookies.items())
        for _warm in range(2):
            self.http.get(page.path, headers=headers)
        kinds = pids_by_kind(self._supervisor)
        web, database = kinds.get("web", []), kinds.get("PostgreSQL", [])
        web_ns, database_ns, walls = nanoseconds(web), nanoseconds(database), []
        statuses, size = set(), 0
        for _round in range(rounds):
            began = time.monotonic()
            with self.http.stream("GET", page.path, headers=headers) as reply:
                raw = b"".join(reply.iter_raw())
            walls.append(time.monotonic() - began)
            statuses.add(reply.status_code)
            size = len(raw) if "content-encoding" in reply.headers else len(gzip.compress(raw, 6))
        return Served(
            (nanoseconds(web) - web_ns) / rounds / 1e6,
            (nanoseconds(database) - database_ns) / rounds / 1e6,
            statistics.median(walls) * 1000,
            size,
            frozenset(statuses),
        )
