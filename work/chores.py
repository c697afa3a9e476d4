"""What is done by the clock: each chore is a row with the time of its next run, so of many workers one does it.

chores.register("expire orders", timedelta(seconds=30), expire_orders)       in AppConfig.ready
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError
from django.db.models import QuerySet

from core.registry import Registry
from work.lanes import Lane
from work.leases import MAX_ATTEMPTS, LeaseLost, open_human_task, settle
from work.models import Chore
from work.sweeps import Sweep

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Duty:
    """run(now): does it; what it returns is logged when it is not nothing."""

    every: timedelta
    run: Callable[[datetime], object]


_duties: Registry[Duty] = Registry("chore")


def register(name: str, every: timedelta, run: Callable[[datetime], object]) -> None:
    _duties.register(name, Duty(every, run))


def write_down(*, now: datetime) -> None:
    """A row for each chore of this version of the product; each is due at once. Run before a worker begins."""
    rows = [Chore(name=name, next_attempt_at=now) for name in _duties]
    Chore.objects.bulk_create(rows, ignore_conflicts=True)


def _rows() -> QuerySet[Chore]:
    """Of an older version's chores nothing is run any more."""
    return Chore.objects.filter(name__in=list(_duties))


def run(row: Chore, now: datetime) -> bool:
    """One chore. It comes again after its time, whether it went well or not."""
    duty, token, error = _duties.get(row.name), row.fencing_token, ""
    try:
        if done := duty.run(now):
            log.info("chore.done", chore=row.name, result=done)
    except Exception as failure:  # one chore must not stop the others
        error = type(failure).__name__
        away = isinstance(failure, OperationalError)  # the database: everybody says so already
        (log.warning if away else log.exception)("chore.failed", chore=row.name, attempts=row.attempts, error=error)
        if row.attempts == MAX_ATTEMPTS:
            open_human_task(kind="chore", key=row.name, reason=f"{error} {row.attempts} times in a row", now=now)
    try:
        attempts = row.attempts if error else 0
        settle(row, token=token, next_attempt_at=now + duty.every, error=error, attempts=attempts)
    except LeaseLost:
        log.warning("chore.lease_lost", chore=row.name)
        return False
    return not error


SWEEP = Sweep("chores", Lane.CHORES, rows=_rows, carry=run, lease=timedelta(minutes=10))
