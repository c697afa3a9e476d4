"""Celery adapters of this room."""

from __future__ import annotations

from celery import shared_task

from work import sweeper


@shared_task
def look(lane: str) -> bool:
    """Something of this lane was committed: the sweeper of this worker looks at once."""
    return sweeper.wake(lane)
