"""An empty installation has nobody who could give a role: it makes its first two access officers itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions._roles import begin, lock_receiver
from accounts.lifecycle import OPEN_ROLE_STATES
from accounts.models import RoleAssignment, User
from accounts.models.role_assignment import FIRST_OFFICERS
from accounts.roles import Role
from core.actors import Actor
from core.errors import Conflict

PERMISSION = "accounts.install_officer"


def install_officer(*, user: User, actor: Actor, now: datetime) -> RoleAssignment:
    """One of the first two, by whoever sets up the machine: needs accounts.install_officer, which no role holds.

    All other roles are theirs to give. A place is free again when its officer's role was taken back. Raises NotAllowed;
    DomainError role_is_for_staff; Conflict officers_are_there, roles_exclude_each_other.
    """
    actor.require(PERMISSION, user)
    with transaction.atomic():
        lock_receiver(user, Role.SECURITY)
        taken = set(
            RoleAssignment.objects.filter(installed_as__isnull=False, state__in=OPEN_ROLE_STATES)
            .values_list("installed_as", flat=True)
        )  # fmt: skip
        free = [place for place in FIRST_OFFICERS if place not in taken]
        if not free:
            raise Conflict("officers_are_there", _("The first two officers are there. They give all other roles."))
        assignment = RoleAssignment.objects.create(
            user=user, role=Role.SECURITY, granted_at=now, installed_as=free[0], reason="installation"
        )
        begin(assignment, actor=actor, now=now)
    return assignment
