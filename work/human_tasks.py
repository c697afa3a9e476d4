"""The human queue: what the machine put before a person (work.leases.open_human_task) and how the person closes it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import Actor, reached
from core.errors import Conflict, DomainError
from core.registry import Registry
from core.seen import require_unchanged, version
from work.models import HumanTask

PERMISSION = "work.settle_task"


# Kinds that are not everybody's who settles tasks: kind -> the permission that shows and settles it.
_settled_by: Registry[str] = Registry("owner of a kind of task")


def reserve(kind: str, permission: str) -> None:
    """Called at start by the room that opens tasks of this kind."""
    _settled_by.register(kind, permission)


def permission_for(kind: str) -> str:
    return _settled_by.find(kind) or PERMISSION


def tasks_for(actor: Actor, tasks: QuerySet[HumanTask]) -> QuerySet[HumanTask]:
    """Those of the tasks that the actor may settle: each kind by its own permission, within what that reaches."""
    theirs = reached(tasks.exclude(kind__in=list(_settled_by)), actor, PERMISSION)
    for kind, permission in _settled_by.items():
        theirs |= reached(tasks.filter(kind=kind), actor, permission)
    return theirs


def task_version(task: HumanTask) -> str:
    """Of a task as its page shows it (core.seen)."""
    return version("core.task", kind=task.kind, key=task.key, reason=task.reason, created=task.created_at)


def settle_human_task(*, task: HumanTask, seen: str, resolution: str, actor: Actor, now: datetime) -> HumanTask:
    """Close a task with what was found and done, on record. It moves no money and changes no other row.

    Raises NotAllowed, DomainError(resolution_missing), Conflict(task_settled) when somebody was first.
    """
    actor.require(permission_for(task.kind), task)
    resolution = resolution.strip()
    if not resolution:
        raise DomainError(
            "resolution_missing", _("Please write what you found and what was done about it."), field="resolution"
        )
    require_unchanged(seen, is_now=task_version(task))
    settled = HumanTask.objects.filter(pk=task.pk, resolved_at=None).update(
        resolved_at=now, resolved_by_id=actor.user_id, resolution=resolution
    )
    if not settled:
        raise Conflict("task_settled", _("A colleague has settled this already. Please reload the list."))
    task.refresh_from_db()
    return task
