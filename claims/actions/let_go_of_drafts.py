"""Drafts of an account that stands for its person no longer: what was begun and not handed in is given up."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from claims.actions._forgetting import forget_account, forget_answers, forget_papers
from claims.lifecycle import ClaimState
from claims.models import Claim
from core.actors import Actor
from people.models import Person
from work.lifecycle import transition


def let_go_of_drafts(_person: Person, account: User, *, actor: Actor, now: datetime) -> None:
    """When a person is given back: a draft tells of stays of somebody who is not hers any more. What was handed in
    stays at the desk."""
    give_up_drafts(account.pk, why="person given back", actor=actor, now=now)


def give_up_drafts(user_id: int, *, why: str, actor: Actor, now: datetime) -> None:
    """DRAFT → WITHDRAWN for every draft of the account, without papers and account, in the caller's transaction."""
    for claim in Claim.objects.select_for_update(of=("self",)).filter(filed_by_id=user_id, state=ClaimState.DRAFT):
        forget_papers(claim, now=now)
        forget_account(claim)
        forget_answers(claim)
        transition(claim, ClaimState.WITHDRAWN, actor=actor, now=now, reason=why)
