from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actions.grant_role import refuse_own
from accounts.models import RoleAssignment
from core.actors import Actor
from core.errors import Conflict


def revoke_role(*, assignment: RoleAssignment, actor: Actor, now: datetime, reason: str = "") -> RoleAssignment:
    """End a role. Whoever holds it loses its permissions with the next request, also in the middle of a session.

    Raises NotAllowed: not_allowed, own_role. Conflict: role_already_revoked.
    """
    actor.require("accounts.grant_role", assignment)
    refuse_own(assignment.user, actor)
    ended = RoleAssignment.objects.filter(pk=assignment.pk, revoked_at__isnull=True).update(
        revoked_at=now, revoked_by_id=actor.user_id, reason=reason or assignment.reason
    )
    if not ended:
        raise Conflict("role_already_revoked", _("This role was already taken back."))
    assignment.refresh_from_db()
    return assignment
