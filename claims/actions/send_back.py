"""The second person does not agree: the proposal goes back to the reviewer with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from claims import errors
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_desk
from claims.actions.approve_decision import live_decision
from claims.lifecycle import ClaimState
from claims.models import Claim
from core.actors import Actor
from work.lifecycle import transition


def send_back(*, claim: Claim, seen: str, reason: str, actor: Actor, now: datetime) -> Claim:
    """PROPOSED -> UNDER_REVIEW; the proposal is kept, marked as superseded with the reason."""
    require_desk(claim, actor, "claims.approve")
    if not reason.strip():
        raise errors.reason_needed()
    with transaction.atomic():
        locked = lock_claim(claim)
        decision = live_decision(locked, seen=seen)
        locked.decisions.filter(pk=decision.pk).update(superseded_at=now, superseded_reason=reason.strip())
        return transition(locked, ClaimState.UNDER_REVIEW, actor=actor, now=now, reason=reason.strip())
