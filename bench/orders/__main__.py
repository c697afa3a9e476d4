"""`python -m bench.orders`: what an order of three people costs, from signing in to three issued policies.

Over HTTP through the real web server, worker, broker, PostgreSQL and sandbox. Processor time comes from /proc by kind
of process; statements, and waits of one order for another's row, from PostgreSQL's own log in a second pass; the floor
is pgbench inserting the same rows in the same run. The sandbox (the outside world) is printed beside, not counted.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock

import httpx

from bench import portal as bench_portal
from bench.fill.kept import copy_of, kept_folder
from bench.fill.sizes import Sizes
from bench.orders import inside, measure
from bench.orders.browser import PageRefused
from bench.orders.walk import Family, Walk, families
from bench.portal import BenchPortal
from bench.processes import cpu_times

GATE_CPU_MS, GATE_STATEMENTS, GATE_KB = 150, 120, 4
# Cleared up after hours or days (work.chores, sessions' own end).
PASSING = ("accounts_session", "work_submission", "work_outboxmessage", "accounts_logincode")
OUTSIDE = ("sandbox", "supervisor")
IDLE_SECONDS = 20


class Times:
    """Wall seconds of each step of each order."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}
        self._lock = Lock()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        with self._lock:
            self.seconds.setdefault(name, []).append(time.monotonic() - began)


def verdict(figure: float, gate: float) -> str:
    return f"gate {gate}: {'ok' if figure <= gate else 'MISSED'}"


def people(portal: BenchPortal, count: int, *, first: int) -> list[Family]:
    """That many families, made by the sandbox, never seen by the portal."""
    made = httpx.post(
        f"{portal.sandbox_url}/control/people/generate",
        json={"n": 4 * count, "seed": 7, "first": 4 * first},
        timeout=120,
        trust_env=False,
    ).json()
    for person in made:
        if person["kin"]:
            person["balance_fen"] = 500_000
    httpx.post(f"{portal.sandbox_url}/control/people", json=made, timeout=120, trust_env=False).raise_for_status()
    return families(made)


def enrol_all(portal: BenchPortal, crowd: list[Family], clients: int, times: Times) -> tuple[int, list[str]]:
    """Everybody enrols, `clients` at a time. Number of requests sent, and what was refused."""
    refused: list[str] = []
    requests = []

    def enrol(family: Family) -> None:
        walk = Walk(portal_url=portal.url, sandbox_url=portal.sandbox_url, family=family, step=times.step)
        try:
            walk.enrol()
        except (PageRefused, httpx.HTTPError) as error:
            refused.append(f"{type(error).__name__}: {error}")
        requests.append(walk.browser.requests)

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(enrol, crowd))
    return sum(requests), refused


def idle_cpu(portal: BenchPortal) -> dict[str, float]:
    """Processor seconds per second of a portal that nobody uses, by kind of process."""
    before = cpu_times(portal.supervisor)
    time.sleep(IDLE_SECONDS)
    return {kind: used / IDLE_SECONDS for kind, used in cpu_times(portal.supervisor).since(before).items()}


def cost(portal: BenchPortal, orders: int, clients: int) -> float:
    """Prints processor time per order; returns that of our own processes in ms."""
    at_rest = idle_cpu(portal)
    ours_at_rest = sum(used for kind, used in at_rest.items() if kind not in OUTSIDE)
    print(f"at rest: {ours_at_rest * 60:.1f} CPU s a minute in our own processes")
    crowd, times = people(portal, orders, first=1000), Times()
    before, began = cpu_times(portal.supervisor), time.monotonic()
    requests, refused = enrol_all(portal, crowd, clients, times)
    seconds = time.monotonic() - began
    used = cpu_times(portal.supervisor).since(before)
    if refused:
        print(f"REFUSED {len(refused)} of {orders}: {refused[0]}")
        sys.exit(1)
    print(f"\n{orders} orders of three people, {clients} clients at a time, {requests / orders:.1f} requests each")
    ours = 0.0
    for kind, spent in sorted(used.items(), key=lambda pair: -pair[1]):
        # What the sweeps of an idle portal cost anyway is no order's.
        own = max(0.0, spent - at_rest.get(kind, 0.0) * seconds) * 1000 / orders
        beside = "   (beside)" if kind in OUTSIDE else ""
        print(f"  {kind:<12} {own:7.1f} CPU ms an order{beside}")
        ours += 0 if kind in OUTSIDE else own
    print(f"  {'in all':<12} {ours:7.1f} CPU ms an order   {verdict(ours, GATE_CPU_MS)}")
    for name, taken in times.seconds.items():
        print(f"  {name:<18} median {statistics.median(taken):6.2f} s")
    return ours


def statements(portal: BenchPortal, orders: int, clients: int) -> bool:
    """Prints statements per order, waits for rows and stored bytes; False when a gate is missed."""
    # Alone first: statements without anybody's retries.
    crowd = people(portal, orders, first=5000)
    with measure.listening(portal) as silence:
        time.sleep(IDLE_SECONDS)
    began = time.monotonic()
    with measure.listening(portal) as heard:
        _requests, refused = enrol_all(portal, crowd, 1, Times())
    if refused:
        print(f"REFUSED: {refused[0]}")
        sys.exit(1)
    background = silence.working * (time.monotonic() - began) / IDLE_SECONDS
    each = (heard.working - background) / orders
    print(f"\n{each:.0f} statements an order   {verdict(each, GATE_STATEMENTS)}")
    print(f"  {heard.control / orders:6.1f}  begins, commits, savepoints (not counted above)")
    for name, count in heard.by_table.most_common(12):
        print(f"  {count / orders:6.1f}  {name}")
    crowd = people(portal, 2 * clients, first=9000)
    with measure.listening(portal) as heard:
        _requests, refused = enrol_all(portal, crowd, clients, Times())
    if refused:
        print(f"REFUSED under {clients} clients: {len(refused)}, the first: {refused[0]}")
    print(f"waits for another's row under {clients} clients: {heard.waits}   {verdict(heard.waits, 0)}")
    for what, count in heard.by_wait.most_common(8):
        print(f"  {count:6}  {what}")
    return each <= GATE_STATEMENTS and heard.waits == 0


def floor(portal: BenchPortal, orders: int, ours_ms: float) -> None:
    """The same inserts by pgbench, in the same run, on the same server."""
    before = measure.rows_written(portal)
    _requests, refused = enrol_all(portal, people(portal, orders, first=20_000), 2, Times())
    if refused:
        print(f"\nno floor: {len(refused)} of {orders} orders were refused: {refused[0]}")
        return
    time.sleep(2)
    written = measure.rows_written(portal) - before
    per_order = {table: round(count / orders) for table, count in written.items() if count >= orders}
    print(f"\n{sum(per_order.values())} rows in {len(per_order)} tables an order")
    script = measure.floor_script(portal, per_order, portal.log_folder)
    pgbench = bench_portal.pgbench(portal)
    before_cpu, count = cpu_times(portal.supervisor), 40 * orders
    command = [str(pgbench), "-n", "-c", "4", "-j", "2", "-t", str(count // 4), "-f", str(script), portal.superuser_url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = cpu_times(portal.supervisor).since(before_cpu).get("PostgreSQL", 0.0) * 1000 / count
    rate = re.search(r"tps = ([\d.]+)", said)
    print(f"floor: {spent:.2f} CPU ms of PostgreSQL for the same inserts ({rate.group(1) if rate else '?'} a second)"
          f"; an order costs {ours_ms / spent:.0f} times that")  # fmt: skip


def stored(portal: BenchPortal, orders: int, clients: int) -> bool:
    """Prints what is stored for each insured person: what the rows take, and what the files have grown by, in which a
    busy server leaves room for the next; False when the rows are over the gate. What is cleared up after days
    (sessions, forms, done messages) is not counted.
    """
    if not orders:
        return True
    before = measure.bytes_by_table(portal, packed=True)
    _requests, refused = enrol_all(portal, people(portal, orders, first=30_000), clients, Times())
    enrolled = 3 * (orders - len(refused))
    files = _kept(measure.bytes_by_table(portal), before)
    grown = _kept(measure.bytes_by_table(portal, packed=True), before)
    each = sum(grown.values()) / enrolled / 1024
    print(f"\n{each:.2f} KB stored for each of {enrolled} insured people   {verdict(each, GATE_KB)}")
    print(f"  {sum(files.values()) / enrolled / 1024:.2f} KB with the room that the files have left for more")
    for table, size in grown.most_common(12):
        print(f"  {size / enrolled:7.0f} bytes  {table}")
    return each <= GATE_KB


def _kept(after: Counter[str], before: Counter[str]) -> Counter[str]:
    grown = Counter({table: size - before[table] for table, size in after.items()})
    for passing in PASSING:
        grown.pop(passing, None)
    return grown


@contextmanager
def portal_with(policies: int) -> Iterator[BenchPortal]:
    """A bare one, or one in front of a filled city (bench.fill), on a copy that is thrown away."""
    if not policies:
        with bench_portal.running() as portal:
            yield portal
        return
    with (
        copy_of(kept_folder(Sizes(policies, policies // 10))) as folder,
        bench_portal.running(folder=folder, keep=True) as portal,
    ):
        yield portal


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--warm", type=int, default=60, help="orders before, so that every thread has answered before")
    parser.add_argument("--crowd", type=int, default=32, help="clients at a time when waits for rows are counted")
    parser.add_argument("--policies", type=int, default=0, help="in front of a filled city, for example 2000000")
    parser.add_argument("--stored", type=int, default=200, help="orders over which bytes are counted; 0 for none")
    parser.add_argument("--inside", action="store_true", help="page by page, with a profile, instead of all that")
    parser.add_argument("--sql", action="store_true", help="with --inside: the statements of each page")
    options = parser.parse_args()
    with portal_with(options.policies) as portal:
        if options.inside:
            first, second, third = (people(portal, 4, first=first) for first in (0, 10, 20))
            inside.report(portal, first, second, third, sql=options.sql)
            return 0
        enrol_all(portal, people(portal, options.warm, first=0), options.clients, Times())
        ours = cost(portal, options.orders, options.clients)
        fits = statements(portal, max(4, options.orders // 10), options.crowd)
        floor(portal, max(4, options.orders // 10), ours)
        is_small = stored(portal, options.stored, options.clients)
    return 0 if fits and is_small and ours <= GATE_CPU_MS else 1


if __name__ == "__main__":
    sys.exit(main())
