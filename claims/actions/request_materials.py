"""Missing papers are asked for once and completely; the clock stands still until they come (Insurance Law 22)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from claims import errors, notices, shown
from claims.actions._locks import lock_claim, person_id
from claims.actions._reviewing import require_desk, require_reviewer
from claims.checklist import DocumentKind
from claims.lifecycle import ClaimState
from claims.models import Claim, MaterialsRequest
from core import clock
from core.actors import Actor
from core.seen import require_unchanged
from core.workdays import workdays_left
from work.lifecycle import transition


def request_materials(
    *, claim: Claim, seen: str, items: Sequence[str], message: str, actor: Actor, now: datetime
) -> MaterialsRequest:
    """UNDER_REVIEW -> MATERIALS_REQUESTED. items: DocumentKind values, at least one.

    The first request is the claim's reviewer's. A second is made by a supervisor (claims.supervise): raises NotAllowed
    materials_asked_before otherwise, nothing_asked without a known item.
    """
    supervises = actor.may("claims.supervise", claim)
    require_desk(claim, actor, "claims.supervise" if supervises else "claims.review")
    wanted = [kind for kind in DocumentKind.values if kind in items]
    if not wanted:
        raise errors.nothing_asked()
    with transaction.atomic():
        locked = lock_claim(claim)
        require_unchanged(seen, is_now=shown.desk_version(locked))
        sequence = locked.materials_requests.count() + 1
        if sequence > 1 and not supervises:
            raise errors.materials_asked_before()
        if sequence == 1:
            require_reviewer(locked, actor)
        days_left = workdays_left(clock.civil_date(now), locked.review_due_on) if locked.review_due_on else 0
        transition(
            locked, ClaimState.MATERIALS_REQUESTED, actor=actor, now=now, reason=message, review_days_left=days_left
        )
        request = MaterialsRequest.objects.create(
            claim=locked,
            sequence=sequence,
            items=wanted,
            message=message.strip(),
            requested_by_id=person_id(actor),
            requested_at=now,
            supervisor_id=actor.user_id if sequence > 1 else None,
        )
        notices.materials_requested(locked, request, now=now)
    return request
