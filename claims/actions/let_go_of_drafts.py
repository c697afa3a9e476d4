"""A person is given back by the account that stood for her: what it had begun and not handed in is given up."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from claims.lifecycle import ClaimState
from claims.models import Claim
from core.actors import Actor
from people.models import Person
from work.lifecycle import transition


def let_go_of_drafts(_person: Person, account: User, *, actor: Actor, now: datetime) -> None:
    """DRAFT → WITHDRAWN for every draft of the account, in the caller's transaction: an abandoned draft would keep its
    stay from being claimed by the person herself. What was handed in stays at the desk."""
    for claim in Claim.objects.select_for_update(of=("self",)).filter(claimant=account, state=ClaimState.DRAFT):
        transition(claim, ClaimState.WITHDRAWN, actor=actor, now=now, reason="person given back")
