"""Work by the clock. The rows are the queue; a task that never ran is run by the next beat."""

from __future__ import annotations

from celery import shared_task

from core import clock
from people.actions.finish_proof import expire_proofs as end_proofs


@shared_task
def expire_proofs() -> int:
    return end_proofs(now=clock.now())
