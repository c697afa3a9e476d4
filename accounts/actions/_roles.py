"""What giving, confirming and taking back a role have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import RoleState
from accounts.models import RoleAssignment, User
from accounts.roles import Role, forbidden_beside
from core.actors import Actor
from core.errors import Conflict, DomainError, NotAllowed
from work.lifecycle import transition


def refuse_own(user: User, actor: Actor) -> None:
    """Raises NotAllowed("own_role"): rights are given and taken by somebody else."""
    if actor.user_id == user.pk:
        raise NotAllowed("own_role", _("You cannot change your own roles. Please ask another administrator."))


def lock_receiver(user: User, role: str) -> User:
    """Whoever gives her a role meanwhile waits. In the caller's transaction.

    Raises DomainError role_is_for_staff, Conflict roles_exclude_each_other.
    """
    locked: User = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not locked.is_staff:
        raise DomainError(
            "role_is_for_staff",
            _("Roles are for staff accounts that may sign in. Please choose another person."),
            field="user",
        )
    held = RoleAssignment.objects.filter(user=locked, state=RoleState.LIVE, role__in=forbidden_beside(role)).first()
    if held is not None:
        raise Conflict(
            "roles_exclude_each_other",
            _("Nobody holds this role together with “%(role)s”, which she has. Please take that back first."),
            field="role",
            role=Role(held.role).label,
        )
    return locked


def begin(assignment: RoleAssignment, *, actor: Actor, now: datetime, **fields: Any) -> None:
    """PROPOSED -> LIVE; what it replaces ends at the same moment. In the caller's transaction."""
    if assignment.replaces is not None and assignment.replaces.is_live:
        transition(
            assignment.replaces, RoleState.ENDED, actor=actor, now=now, reason="replaced",
            ended_by_id=actor.user_id, ended_at=now,
        )  # fmt: skip
    transition(assignment, RoleState.LIVE, actor=actor, now=now, **fields)
