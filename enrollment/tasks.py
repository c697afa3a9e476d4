"""Work by the clock. The rows are the queue; a task that never ran is run by the next beat."""

from __future__ import annotations

from celery import shared_task

from core import clock
from enrollment.actions.expire_orders import expire_orders as expire
from enrollment.actions.finish_proof import expire_proofs as end_proofs


@shared_task
def expire_orders() -> int:
    return expire(now=clock.now())


@shared_task
def expire_proofs() -> int:
    return end_proofs(now=clock.now())
