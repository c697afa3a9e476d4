from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import RoleAssignment, User
from accounts.roles import INSURER_ROLES, STAFF_ROLES
from core.actors import Actor
from core.errors import Conflict, DomainError, NotAllowed


def grant_role(
    *, user: User, role: str, actor: Actor, now: datetime, insurer_code: str = "", reason: str = ""
) -> RoleAssignment:
    """Give a staff member a role, from her next request on. Needs accounts.grant_role, and a second person.

    insurer_code narrows it to one insurer's claims; "" is every insurer. Raises NotAllowed: not_allowed, own_role.
    DomainError: unknown_role, role_is_for_staff, role_has_no_insurer. Conflict: role_already_held.
    """
    actor.require("accounts.grant_role", user)
    refuse_own(user, actor)
    if role not in STAFF_ROLES:
        raise DomainError("unknown_role", _("There is no such role for staff."), field="role")
    if insurer_code and role not in INSURER_ROLES:
        raise DomainError(
            "role_has_no_insurer",
            _("This role is not about one insurer's claims. Please leave the insurer empty."),
            field="insurer_code",
        )
    if not user.is_staff:
        raise DomainError(
            "role_is_for_staff",
            _("Roles are for staff accounts that may sign in. Please choose another person."),
            field="user",
        )
    try:
        with transaction.atomic():
            return RoleAssignment.objects.create(
                user=user,
                role=role,
                insurer_code=insurer_code,
                granted_by_id=actor.user_id,
                granted_at=now,
                reason=reason,
            )
    except IntegrityError as error:
        raise Conflict("role_already_held", _("This person already holds this role."), field="role") from error


def refuse_own(user: User, actor: Actor) -> None:
    """Raises NotAllowed("own_role"): rights are given and taken by somebody else."""
    if actor.user_id == user.pk:
        raise NotAllowed("own_role", _("You cannot change your own roles. Please ask another administrator."))
