"""`python -m bench.orders.soak`: many minutes of keep-alive clients on an order's page, each with a time-out.

What it shows: no answer takes longer than the time-out, nothing is refused, and the web processes hold as many
connections to the database as they have threads, before a pause and after it.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from bench import portal as bench_portal
from bench.orders.__main__ import people
from bench.orders.browser import Browser
from bench.orders.walk import Family, Walk, untimed
from bench.portal import BenchPortal
from bench.processes import cpu_times

# Longer than granian and nginx keep a connection that says nothing.
PAUSE_SECONDS = 35.0


@dataclass
class Client:
    """One keep-alive connection. late: what came after the time-out or not at all, with the second of the run."""

    browser: Browser
    address: str
    answers: int = 0
    slowest: float = 0.0
    late: list[str] = field(default_factory=list)

    def read(self, until: float, began: float, timeout: float) -> None:
        while (sent_at := time.monotonic()) < until:
            try:
                reply = self.browser.http.get(self.address, timeout=timeout)
                if reply.status_code != httpx.codes.OK:
                    self.late.append(f"{reply.status_code} at {sent_at - began:.1f} s")
            except httpx.HTTPError as error:
                self.late.append(f"{type(error).__name__} at {sent_at - began:.1f} s")
            self.answers += 1
            self.slowest = max(self.slowest, time.monotonic() - sent_at)


def ordered(portal: BenchPortal, families: list[Family]) -> list[Client]:
    """Families who have paid, each in front of her order."""
    clients = []
    for family in families:
        walk = Walk(portal_url=portal.url, sandbox_url=portal.sandbox_url, family=family, step=untimed)
        number = walk.enrol()
        clients.append(Client(walk.browser, f"/enrol/orders/{number}/"))
    return clients


def connections(portal: BenchPortal) -> int:
    """Of the application's role, workers' included."""
    with portal.superuser() as server:
        row = server.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'portal_app'").fetchone()
    return int(row[0]) if row else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--timeout", type=float, default=10, help="seconds that a client waits for a page")
    options = parser.parse_args()
    with bench_portal.running() as portal:
        clients = ordered(portal, people(portal, options.clients, first=0))
        used, began = cpu_times(portal.supervisor), time.monotonic()
        half = options.minutes * 30
        with ThreadPoolExecutor(options.clients) as pool:
            for _half in range(2):
                until = time.monotonic() + half
                list(pool.map(lambda client: client.read(until, began, options.timeout), clients))  # noqa: B023  (called at once)
                print(f"{time.monotonic() - began:6.0f} s: {connections(portal)} connections to the database")
                # Connections fall silent and are closed; threads that end must not leave theirs behind.
                time.sleep(PAUSE_SECONDS)
                print(f"{time.monotonic() - began:6.0f} s: {connections(portal)} after a pause")
        spent = cpu_times(portal.supervisor).since(used)
    answers, late = sum(one.answers for one in clients), [line for one in clients for line in one.late]
    web = 1000 * spent.get("web", 0.0) / answers
    print(f"{answers:,} pages to {options.clients} clients; slowest {max(one.slowest for one in clients):.2f} s; "
          f"{web:.1f} CPU ms of the web process each")  # fmt: skip
    for line in late[:20]:
        print(f"  {line}")
    print(f"late, cut off or refused: {len(late)}   gate 0: {'MISSED' if late else 'ok'}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
