"""A reviewer takes a claim from the queue, or takes it over from a colleague."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import shown
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_desk
from claims.lifecycle import ClaimState
from claims.models import Claim
from core.actors import Actor
from core.errors import IllegalTransition
from core.seen import require_unchanged
from work.lifecycle import transition


def take_claim(*, claim: Claim, seen: str, actor: Actor, now: datetime) -> Claim:
    """SUBMITTED -> UNDER_REVIEW; under review already: only the reviewer's name changes (kept in the history)."""
    require_desk(claim, actor, "claims.review")
    with transaction.atomic():
        locked = lock_claim(claim)
        require_unchanged(seen, is_now=shown.desk_version(locked))
        if locked.state == ClaimState.UNDER_REVIEW:
            locked.reviewer_id = actor.user_id
            locked.save(update_fields=["reviewer"])
            return locked
        if locked.state != ClaimState.SUBMITTED:
            raise IllegalTransition("claim_not_waiting", _("This claim is not waiting for a reviewer."))
        return transition(locked, ClaimState.UNDER_REVIEW, actor=actor, now=now, reviewer_id=actor.user_id)
