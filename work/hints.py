"""After a commit, tell a worker of the lane that there is work. Only shortens the wait: the sweeper finds it anyway.

A broker that does not answer is left alone for a few seconds: nobody's request waits for it twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from work.lanes import Lane

log = structlog.get_logger(__name__)

_SILENCE_SECONDS = 5.0
_silent_until = 0.0


# A worker wakes itself; True when it has the lane.
_here: list[Callable[[str], bool]] = []


def answer_here(wake: Callable[[str], bool]) -> None:
    """For the sweeper of this process."""
    if wake not in _here:
        _here.append(wake)


def hint(lane: Lane) -> None:
    """Ask a worker to look now."""
    global _silent_until  # noqa: PLW0603  (one broker, one memory of it)
    if any(wake(lane) for wake in _here) or time.monotonic() < _silent_until:
        return
    try:
        # By its name: the task's module imports this one's users.
        current_app.send_task("work.tasks.look", args=[str(lane)], queue=str(lane), expires=60)
    except (OperationalError, OSError) as error:
        _silent_until = time.monotonic() + _SILENCE_SECONDS
        log.warning("hint_failed", lane=lane, error=type(error).__name__)


def hint_after_commit(lane: Lane) -> None:
    """At the commit, however many rows of the lane it writes: one look finds them all."""
    wanted, waiting = _hint_for(lane), transaction.get_connection()
    inside = set(waiting.savepoint_ids)
    # A hint that was asked for inside a savepoint which may still be rolled back is not this one.
    if not any(function is wanted and savepoints <= inside for savepoints, function, _robust in waiting.run_on_commit):
        transaction.on_commit(wanted)


@cache
def _hint_for(lane: Lane) -> Callable[[], None]:
    return lambda: hint(lane)
