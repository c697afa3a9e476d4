"""The second officer looks at what the first has proposed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions._roles import begin, lock_receiver, refuse_own
from accounts.lifecycle import RoleState
from accounts.models import RoleAssignment
from accounts.roles import GRANT
from accounts.shown import role_version
from core.actors import Actor
from core.errors import NotAllowed
from core.seen import require_unchanged
from work.lifecycle import transition


def confirm_role(*, assignment: RoleAssignment, seen: str, actor: Actor, now: datetime) -> RoleAssignment:
    """PROPOSED -> LIVE by another officer than the one who proposed it; neither of them is who receives it.

    seen: shown.role_version. Raises NotAllowed not_allowed, own_role, second_officer; DomainError role_is_for_staff;
    Conflict changed_meanwhile, roles_exclude_each_other; IllegalTransition when it was decided.
    """
    actor.require(GRANT, assignment)
    refuse_own(assignment.user, actor)
    with transaction.atomic():
        lock_receiver(assignment.user, assignment.role)
        locked = _locked(assignment)
        require_unchanged(seen, is_now=role_version(locked))
        if actor.user_id is None or actor.user_id == locked.granted_by_id:
            raise NotAllowed("second_officer", _("You proposed this. Another officer confirms it."))
        begin(locked, actor=actor, now=now, confirmed_by_id=actor.user_id, confirmed_at=now)
    return locked


def decline_role(*, assignment: RoleAssignment, reason: str = "", actor: Actor, now: datetime) -> RoleAssignment:
    """PROPOSED -> DECLINED by any officer, also who proposed it. Raises NotAllowed not_allowed, own_role;
    IllegalTransition when it was decided."""
    actor.require(GRANT, assignment)
    refuse_own(assignment.user, actor)
    with transaction.atomic():
        return transition(
            _locked(assignment), RoleState.DECLINED, actor=actor, now=now, reason=reason, ended_by_id=actor.user_id,
            ended_at=now,
        )  # fmt: skip


def _locked(assignment: RoleAssignment) -> RoleAssignment:
    rows = RoleAssignment.objects.select_for_update(of=("self",)).select_related("user", "replaces")
    return rows.get(pk=assignment.pk)
