"""After a commit, tell a worker that there is work. Only shortens the wait: the sweeper finds the row anyway."""

from __future__ import annotations

from functools import partial

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from payments.steps import reach

log = structlog.get_logger(__name__)


def hint_after_commit(task: str, row_id: int, *, step: str = "") -> None:
    transaction.on_commit(partial(_hint, task, row_id, step))


def _hint(task: str, row_id: int, step: str) -> None:
    if step:
        reach(step)
    try:
        current_app.send_task(f"payments.tasks.{task}", args=[row_id], expires=60)
    except (OperationalError, OSError) as error:
        log.warning("payments.hint_failed", task=task, error=type(error).__name__)
