"""Work by the clock. The rows are the queue; a task that never ran is run by the next beat."""

from __future__ import annotations

from celery import shared_task

from core import clock
from enrollment.actions.expire_orders import expire_orders as expire


@shared_task
def expire_orders() -> int:
    return expire(now=clock.now())
