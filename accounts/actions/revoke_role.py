from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions._roles import refuse_own
from accounts.lifecycle import RoleState
from accounts.models import RoleAssignment
from accounts.roles import GRANT
from core.actors import Actor
from core.errors import Conflict
from work.lifecycle import transition


def revoke_role(*, assignment: RoleAssignment, actor: Actor, now: datetime, reason: str = "") -> RoleAssignment:
    """End a role. Whoever holds it loses its permissions with the next request, also in the middle of a session. One
    officer is enough, whatever the role.

    Raises NotAllowed: not_allowed, own_role. Conflict: role_already_revoked, changed_meanwhile.
    """
    actor.require(GRANT, assignment)
    refuse_own(assignment.user, actor)
    with transaction.atomic():
        locked = RoleAssignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
        if not locked.is_live:
            raise Conflict("role_already_revoked", _("This role is not held: there is nothing to take back."))
        return transition(
            locked, RoleState.ENDED, actor=actor, now=now, reason=reason, ended_by_id=actor.user_id, ended_at=now
        )
