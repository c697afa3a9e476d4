"""The human queue: what the machine put before a person (core.leases.open_human_task) and how the person closes it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, DomainError
from core.models import HumanTask

PERMISSION = "core.settle_task"


def settle_human_task(*, task: HumanTask, resolution: str, actor: Actor, now: datetime) -> HumanTask:
    """Close a task with what was found and done, on record. It moves no money and changes no other row.

    Raises NotAllowed, DomainError(resolution_missing), Conflict(task_settled) when somebody was first.
    """
    actor.require(PERMISSION, task)
    resolution = resolution.strip()
    if not resolution:
        raise DomainError(
            "resolution_missing", _("Please write what you found and what was done about it."), field="resolution"
        )
    settled = HumanTask.objects.filter(pk=task.pk, resolved_at=None).update(
        resolved_at=now, resolved_by_id=actor.user_id, resolution=resolution
    )
    if not settled:
        raise Conflict("task_settled", _("A colleague has settled this already. Please reload the list."))
    task.refresh_from_db()
    return task
