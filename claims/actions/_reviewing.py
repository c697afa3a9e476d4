"""Who may act on a claim that is being reviewed."""

from __future__ import annotations

from claims import errors
from claims.models import Claim
from core.actors import Actor


def require_reviewer(claim: Claim, actor: Actor) -> None:
    """The claim's reviewer alone acts on it, so that two people never work on one claim unknowingly."""
    if claim.reviewer_id != actor.user_id:
        name = claim.reviewer.display_name if claim.reviewer else "—"
        raise errors.not_the_reviewer(name)
