"""Every kind of row that becomes due in some room, in one place: what carries it on, in which lane, how many at once.

A room registers its sweeps in AppConfig.ready; one loop runs them all (work.sweeper).

    sweeps.register(Sweep("transfers", Lane.MONEY, rows=Transfer.objects.all, carry=carry_on, bound="channel", most=4))
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from core import clock, guards
from core.registry import Registry
from work import lanes
from work.asked import Given, filled
from work.lanes import Lane
from work.leases import LEASE, Claimable, claim, claim_within, claimable, due_rows, renew
from work.models import LeasedModel

L = TypeVar("L", bound=LeasedModel)
T = TypeVar("T")

# One turn ends well before anybody who waits for the process to stop loses patience; the next turn goes on.
TURN_SECONDS = 60.0


@dataclass(frozen=True)
class Sweep(Generic[L]):
    """rows: those of this kind, due or not. carry: does what is due with one claimed row; its failure is its own, so it
    returns whether it went well. take: claims instead of the common claim, where a kind has a rule of its own.

    batch: rows claimed at once. width: how many batches one process works on at a time. most: rows in flight over all
    processes, 0 for any number; within `bound`, a column, for each of its values: a partner that does not answer then
    holds up what goes to it, and nothing else.
    """

    name: str
    lane: Lane
    rows: Callable[[], QuerySet[L]]
    carry: Callable[[L, datetime], bool]
    batch: int = 1
    width: int = 1
    most: int = 0
    bound: str = ""
    lease: timedelta = LEASE
    take: Callable[[datetime], list[L]] | None = None

    def due(self, *, now: Any) -> QuerySet[L]:
        return due_rows(self.rows(), now=now)

    @property
    def is_divided(self) -> bool:
        return bool(self.bound) and guards.on("sweeps.bounds")

    def threads(self) -> int:
        """How many at once in one process, for one bound."""
        return self.most or self.width

    def claim(self, bound: str = "", *, now: datetime) -> list[L]:
        if self.take is not None:
            return self.take(now)
        turn = lanes.turn(self.lane, self.batch, now=now)
        if not turn.count:
            return []
        if turn.wait:
            time.sleep(turn.wait)
            now += timedelta(seconds=turn.wait)
        kind, given = self._claimable(bool(bound)), {"bound": bound}
        if self.most:
            return claim_within(kind, most=self.most, now=now, lease=self.lease, limit=turn.count, given=given)
        return claim(kind, now=now, lease=self.lease, limit=turn.count, given=given)

    def _claimable(self, is_bound: bool) -> Claimable[L]:
        rows = self.rows
        if is_bound:
            return _kept((self.name, "bound"), lambda: claimable(rows().filter(**{self.bound: Given("bound")})))
        return _kept((self.name, "claim"), lambda: claimable(rows()))

    def due_sql(self) -> tuple[str, Sequence[Any]]:
        """Whether something is due, or for which values of the bound, with a place for `now`."""
        return _kept((self.name, "due", self.is_divided), self._write_due)

    def _write_due(self) -> tuple[str, Sequence[Any]]:
        due = self.due(now=Given("now")).select_related(None).order_by()
        asked = due.values(self.bound).distinct() if self.is_divided else due.values("pk")[:1]
        return asked.query.sql_with_params()


# What is asked for each step of each order, put into SQL once. In tests anew each time: guards that are switched off
# change it.
_written: dict[tuple[Any, ...], Any] = {}


def _kept(key: tuple[Any, ...], write: Callable[[], T]) -> T:
    if settings.TESTING:
        return write()
    if key not in _written:
        _written[key] = write()
    found: T = _written[key]
    return found


_sweeps: Registry[Sweep[Any]] = Registry("sweep")


def register(sweep: Sweep[Any]) -> None:
    _sweeps.register(sweep.name, sweep)


def get(name: str) -> Sweep[Any]:
    """Raises NotRegistered."""
    return _sweeps.get(name)


def of_lanes(wanted: Iterable[Lane]) -> list[Sweep[Any]]:
    """In the order of haste."""
    return [sweep for lane in Lane if lane in set(wanted) for sweep in _sweeps.values() if sweep.lane is lane]


class Step(NamedTuple):
    """more: rows were left when this batch was claimed."""

    claimed: int
    well: int
    more: bool


def step(sweep: Sweep[Any], bound: str = "", *, now: datetime | None = None) -> Step:
    """Claim one batch and carry it on. now: in tests, the moment at which it all happens."""
    claimed_at = now or clock.now()
    rows = sweep.claim(bound, now=claimed_at)
    # A claim of another kind (take) does not say what it left.
    more = any(getattr(row, "more_due", True) for row in rows)
    done = sum(sweep.carry(row, now or clock.now()) for row in _held(rows, claimed_at, sweep.lease))
    return Step(len(rows), done, more)


def _held(rows: list[L], claimed_at: datetime, lease: timedelta) -> Iterator[L]:
    """Each row while it is ours: a slow one in front must not eat up the lease of those behind it."""
    waiting = list(rows)
    while waiting:
        moment = clock.now()
        if len(waiting) < len(rows) and moment - claimed_at > lease / 4:
            waiting, claimed_at = renew(waiting, now=moment, lease=lease), moment
            if not waiting:
                return
        yield waiting.pop(0)


def drain(name: str, *, limit: int = 1000, now: datetime | None = None) -> int:
    """Carry on what is due of one kind until nothing is, or a turn is over; how many went well."""
    sweep, done, seen, began = get(name), 0, 0, time.monotonic()
    for _sweep, bound in something_due([sweep], now=now or clock.now()):
        while seen < limit and time.monotonic() - began < TURN_SECONDS:
            claimed, well, _more = step(sweep, bound, now=now)
            if not claimed:
                break
            seen, done = seen + claimed, done + well
    return done


def something_due(sweeps: Iterable[Sweep[Any]], *, now: datetime) -> list[tuple[Sweep[Any], str]]:
    """Those of the sweeps that have a row due, a divided one for each value of its bound; asked in one statement."""
    asked = list(sweeps)
    parts: list[str] = []
    values: list[Any] = []
    for number, sweep in enumerate(asked):
        which, params = sweep.due_sql()
        if sweep.is_divided:
            parts.append(f"SELECT {number}, bound.value::text FROM ({which}) AS bound (value)")  # noqa: S608
        else:
            parts.append(f"SELECT {number}, '' WHERE EXISTS ({which})")
        values += filled(params, {"now": now})
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return [(asked[number], bound) for number, bound in sorted(cursor.fetchall())]
