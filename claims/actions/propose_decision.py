"""The reviewer proposes what the plan pays. The figures come from the plan; the reviewer stands for the facts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from benefits import DatedPlan
from claims import checking, computation, shown, stays
from claims.actions._locks import lock_claim, lock_year, person_id
from claims.actions._reviewing import require_desk, require_reviewer
from claims.lifecycle import ClaimState
from claims.models import Claim, ComputedBill, Decision, YearAccount
from core.actors import Actor
from core.seen import require_unchanged
from work.lifecycle import transition


def propose_decision(*, claim: Claim, seen: str, note: str = "", actor: Actor, now: datetime) -> Decision:
    """UNDER_REVIEW -> PROPOSED with a decision computed on the year so far.

    Raises Conflict stopped_by_check while a check that stops a claim speaks against it.
    """
    require_desk(claim, actor, "claims.review")
    terms = computation.terms_of(claim)
    bill_stands = stays.still_stands(claim) if checking.stopped_by(claim) else None
    with transaction.atomic():
        year = lock_year(claim.policy, now=now)
        locked = lock_claim(claim)
        require_unchanged(seen, is_now=shown.desk_version(locked))
        require_reviewer(locked, actor)
        checking.require_unstopped(locked, bill_stands=bill_stands, now=now)
        decision = record_decision(locked, year, terms, proposed_by_id=person_id(actor), note=note, now=now)
        transition(locked, ClaimState.PROPOSED, actor=actor, now=now, reason=note)
    return decision


def record_decision(
    claim: Claim, year: YearAccount, terms: DatedPlan, *, proposed_by_id: int, note: str, now: datetime
) -> Decision:
    """Compute on the locked year and write it down, bill by bill, as the claim's next version."""
    computed = computation.compute(claim, year, terms)
    decision = Decision.objects.create(
        claim=claim,
        version=claim.decisions.count() + 1,
        payable_fen=computed.payable_fen,
        plan_name=computed.plan_name,
        plan_sha256=computed.plan_sha256,
        year_version=year.version,
        year_before=year.year_so_far,
        year_after=computed.year_after,
        proposed_by_id=proposed_by_id,
        proposed_at=now,
        note=note.strip(),
    )
    ComputedBill.objects.bulk_create(
        ComputedBill(
            decision=decision, bill=one.bill, payable_fen=one.payable_fen, computation=one.trace, facts=one.facts
        )
        for one in computed.bills
    )
    return decision
