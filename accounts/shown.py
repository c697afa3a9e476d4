"""Versions of what pages show before somebody decides (core.seen)."""

from __future__ import annotations

from accounts.lifecycle import RoleState
from accounts.models import RoleAssignment
from core.seen import version


def role_version(assignment: RoleAssignment) -> str:
    """Of a proposed role as its page shows it: who, what, within what, by whom, and what she holds already."""
    held = assignment.user.role_assignments.filter(state=RoleState.LIVE).order_by("pk")
    return version(
        "accounts.role",
        user=assignment.user_id,
        role=assignment.role,
        within=assignment.within,
        state=assignment.state,
        granted_by=assignment.granted_by_id,
        replaces=assignment.replaces_id,
        reason=assignment.reason,
        held=[list(pair) for pair in held.values_list("role", "within")],
    )
