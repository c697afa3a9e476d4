"""The resident has added what was asked for; the clock runs on with the days that were left."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from claims import checking, errors, shown, stays
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_hand
from claims.actions.submit_claim import require_checked
from claims.checklist import DocumentKind
from claims.lifecycle import ClaimState, DocumentState
from claims.models import Claim
from core import clock
from core.actors import Actor
from core.seen import require_unchanged
from core.workdays import add_workdays
from work.lifecycle import transition


def hand_in_materials(*, claim: Claim, seen: str, actor: Actor, now: datetime) -> Claim:
    """MATERIALS_REQUESTED -> UNDER_REVIEW. Raises materials_missing naming everything that is still not there."""
    require_hand(claim, actor)
    bill_stands = stays.still_stands(claim)
    with transaction.atomic():
        locked = lock_claim(claim)
        request = locked.materials_requests.filter(answered_at=None).first()
        if request is None:
            return locked
        require_unchanged(seen, is_now=shown.own_version(locked))
        require_checked(locked)
        ready = locked.documents.filter(removed_at=None, state=DocumentState.READY)
        added = ready.filter(uploaded_at__gte=request.requested_at)
        missing = set(request.items) - set(added.values_list("kind", flat=True))
        if missing:
            raise errors.materials_missing("、".join(str(k.label) for k in DocumentKind if k in missing))
        due_on = add_workdays(clock.civil_date(now), max(locked.review_days_left or 0, 1))
        transition(locked, ClaimState.UNDER_REVIEW, actor=actor, now=now, review_due_on=due_on, review_days_left=None)
        locked.materials_requests.filter(pk=request.pk).update(answered_at=now)
        checking.record(locked, bill_stands=bill_stands, now=now)
    return locked
