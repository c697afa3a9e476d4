"""A claim is declined, with the reason the resident reads (Insurance Law 24: refusal with reasons within 3 days)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from claims import errors, notices, shown
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_desk, require_reviewer
from claims.lifecycle import ClaimState
from claims.models import Claim
from core.actors import Actor
from core.seen import require_unchanged
from work.lifecycle import transition


def decline_claim(*, claim: Claim, seen: str, reason: str, actor: Actor, now: datetime) -> Claim:
    """UNDER_REVIEW -> DECLINED by its reviewer, PROPOSED -> DECLINED by an approver.

    Raises NotAllowed not_allowed, own_claim, not_the_reviewer; Conflict changed_meanwhile; DomainError reason_needed.
    """
    with transaction.atomic():
        locked = lock_claim(claim)
        proposed = locked.state == ClaimState.PROPOSED
        # Who may not, before what has changed: whoever has no right learns nothing of the claim.
        if proposed:
            require_desk(locked, actor, "claims.approve")
        else:
            require_desk(locked, actor, "claims.review")
            require_reviewer(locked, actor)
        require_unchanged(seen, is_now=shown.desk_version(locked))
        if not reason.strip():
            raise errors.reason_needed()
        if proposed:
            locked.decisions.filter(superseded_at=None).update(superseded_at=now, superseded_reason="declined")
        transition(locked, ClaimState.DECLINED, actor=actor, now=now, reason=reason.strip())
        notices.claim_declined(locked, now=now)
    return locked
