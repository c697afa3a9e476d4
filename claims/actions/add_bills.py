"""More bills come into a claim that is not handed in yet, to be decided with the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from claims import errors
from claims.actions._bills import Choice, gather
from claims.actions._locks import person_id
from claims.actions._reviewing import require_hand
from claims.lifecycle import ClaimState
from claims.models import Claim
from claims.stays import StayNumbers
from core.actors import Actor


def add_bills(
    *,
    claim: Claim,
    stays: Sequence[StayNumbers],
    actor: Actor,
    now: datetime,
    wait: bool = False,
) -> Claim | None:
    """The claim with these bills besides; None while a worker is still asking for them (selectors.fetch_of). One that
    it has already is left as it is.

    claim: the actor's (selectors.claim_for), or one that nobody filed, at her desk. Raises as start_claim; Conflict
    claim_not_editable once it was handed in.
    """
    require_hand(claim, actor)
    if claim.state != ClaimState.DRAFT:
        raise errors.not_editable()
    here = {bill.settlement_no for bill in claim.bills.all()}
    wanted = tuple(dict.fromkeys(each for each in stays if each.settlement_no not in here))
    if not wanted:
        raise errors.nothing_chosen()
    choice = Choice(policy=claim.policy, stays=wanted, account_id=person_id(actor), into=claim)
    return gather(choice, wait=wait, now=now)
