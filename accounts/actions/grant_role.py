from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import scopes
from accounts.actions._roles import begin, lock_receiver, refuse_own
from accounts.models import RoleAssignment, RoleScope, User
from accounts.roles import GRANT, STAFF_ROLES, TWO_OFFICER_ROLES, Dimension
from core.actors import Actor
from core.errors import Conflict, DomainError, NotAllowed


def grant_role(
    *,
    user: User,
    role: str,
    actor: Actor,
    now: datetime,
    within: Mapping[str, Iterable[str]] | None = None,
    replaces: RoleAssignment | None = None,
    reason: str = "",
) -> RoleAssignment:
    """Give a staff member a role, from her next request on; PROPOSED where a second officer confirms (confirm_role).

    within: {dimension: codes}, nothing for everywhere. replaces: an assignment of hers of the same role that ends when
    this one begins: the way to narrow a role otherwise, or to widen it. Raises NotAllowed: not_allowed, own_role,
    officer_is_a_person. DomainError: unknown_role, role_is_for_staff, scope_unfit, scope_unknown, scope_too_long.
    Conflict: role_already_held, roles_exclude_each_other, nothing_to_replace.
    """
    actor.require(GRANT, user)
    refuse_own(user, actor)
    if actor.user_id is None:
        raise NotAllowed("officer_is_a_person", _("Roles are given by a person."))
    if role not in STAFF_ROLES:
        raise DomainError("unknown_role", _("There is no such role for staff."), field="role")
    scope = scopes.checked(role, within or {})
    with transaction.atomic():
        lock_receiver(user, role)
        if replaces is not None:
            replaces.refresh_from_db(fields=["state"])
        if replaces is not None and (replaces.user_id, replaces.role, replaces.is_live) != (user.pk, role, True):
            raise Conflict("nothing_to_replace", _("She does not hold what this is to replace."), field="replaces")
        assignment = _written(
            RoleAssignment(
                user=user,
                role=role,
                within=scopes.written(scope),
                granted_by_id=actor.user_id,
                granted_at=now,
                replaces=replaces,
                reason=reason,
            ),
            scope,
        )
        if role not in TWO_OFFICER_ROLES:
            begin(assignment, actor=actor, now=now)
    return assignment


def _written(assignment: RoleAssignment, scope: scopes.Scope) -> RoleAssignment:
    try:
        with transaction.atomic():
            assignment.save(force_insert=True)
    except IntegrityError as error:
        if "one_live_assignment_per_role" not in str(error):
            raise
        raise Conflict(
            "role_already_held", _("This person already holds this role, or it is proposed."), field="role"
        ) from error
    RoleScope.objects.bulk_create(
        RoleScope(assignment=assignment, **{dimension if dimension == Dimension.AREA else f"{dimension}_id": code})
        for dimension, codes in scope.items()
        for code in sorted(codes)
    )
    return assignment
