"""A claim not handed in yet is given up: its papers and account are forgotten."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from claims import shown
from claims.actions._forgetting import forget_account, forget_answers, forget_papers
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_hand
from claims.lifecycle import ClaimState
from claims.models import Claim
from core.actors import Actor
from core.seen import require_unchanged
from work.lifecycle import transition


def withdraw_claim(*, claim: Claim, seen: str, actor: Actor, now: datetime) -> Claim:
    """DRAFT -> WITHDRAWN. Raises IllegalTransition once it was handed in."""
    require_hand(claim, actor)
    with transaction.atomic():
        locked = lock_claim(claim)
        require_unchanged(seen, is_now=shown.own_version(locked))
        forget_papers(locked, now=now)
        forget_account(locked)
        forget_answers(locked)
        return transition(locked, ClaimState.WITHDRAWN, actor=actor, now=now)
