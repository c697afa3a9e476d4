"""Lanes: what waits in one never stands in the way of what waits in another.

Each has its own workers (work.sweeper; a Celery worker takes the lanes that its -Q names) and its own rate, which is a
row that `manage.py lanes` changes while everything runs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import connection


class Lane(StrEnum):
    """In the order of haste."""

    CODES = "codes"  # somebody sits before a page and waits for it
    MONEY = "money"  # money in and out
    NOTICES = "notices"  # what has just happened to somebody
    CAMPAIGN = "campaign"  # prompts to very many people, who may decline them
    CHORES = "chores"  # papers, and what is done by the clock


@dataclass(frozen=True, slots=True)
class Turn:
    """count: how many rows may be claimed now; wait: seconds until then."""

    count: int
    wait: float = 0.0


_RESERVE = """
    UPDATE work_lanesetting
       SET free_at = CASE WHEN per_second IS NULL THEN free_at
                          ELSE greatest(coalesce(free_at, %(now)s), %(now)s)
                               + least(%(count)s, per_second) * interval '1 second' / per_second END
     WHERE lane = %(lane)s AND NOT is_paused
    RETURNING per_second, free_at
"""
# How long a process believes that a lane has no row, or is paused.
_BELIEVED_SECONDS = 2.0
_unlimited: dict[str, tuple[float, int]] = {}


def turn(lane: Lane, count: int, *, now: datetime) -> Turn:
    """Reserve a turn of up to count rows, at most one second's worth. Turn(0) while the lane is paused."""
    believed = _unlimited.get(lane)
    if believed is not None and time.monotonic() - believed[0] < _BELIEVED_SECONDS:
        return Turn(count if believed[1] else 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT per_second, is_paused FROM work_lanesetting WHERE lane = %s", [lane])
        row = cursor.fetchone()
        if row is None or row[1] or row[0] is None:
            free = row is None or not row[1]
            _unlimited[lane] = (time.monotonic(), int(free))
            return Turn(count if free else 0)
        cursor.execute(_RESERVE, {"lane": lane, "count": count, "now": now})
        reserved = cursor.fetchone()
    if reserved is None:
        return Turn(0)
    per_second, free_at = reserved
    if per_second is None:  # the limit was lifted this moment
        return Turn(count)
    mine = min(count, per_second)
    return Turn(mine, max(0.0, (free_at - timedelta(seconds=mine / per_second) - now).total_seconds()))


def forget_beliefs() -> None:
    """For who has just changed a lane in this process, and for tests."""
    _unlimited.clear()
