"""A second person approves: decision, ledger, insurance year and payout instruction in one transaction (A2, M1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from benefits import DatedPlan
from claims import computation, errors, notices, shown, stays
from claims.actions._locks import lock_claim, lock_year
from claims.actions._reviewing import require_desk
from claims.actions.pay_claim import start_payouts
from claims.actions.propose_decision import record_decision
from claims.lifecycle import ClaimState
from claims.models import Claim, Decision, YearAccount
from core import guards
from core.actors import Actor
from core.errors import Conflict
from core.seen import require_unchanged
from ledger.actions import Line, post
from work.lifecycle import transition


def approve_decision(*, claim: Claim, seen: str, actor: Actor, now: datetime) -> Decision:
    """PROPOSED -> APPROVED -> PAYING (or NOTHING_DUE). seen: shown.desk_version, what the approver looked at.

    The amount is computed again under lock. If another claim of the year was decided meanwhile, the new computation is
    kept as the next version, nothing is approved, and Conflict proposal_outdated asks to look again. Days have passed
    since hand-in, so the platform is asked once more whether the hospital has taken the bill back; silence of the
    platform holds nothing up and goes on record. Raises NotAllowed own_proposal, Conflict changed_meanwhile,
    settlement_reversed.
    """
    require_desk(claim, actor, "claims.approve")
    bill_stands = stays.still_stands(claim, wait=True)
    terms = computation.terms_of(claim)
    with transaction.atomic():
        year = lock_year(claim.policy, now=now)
        locked = lock_claim(claim)
        decision = live_decision(locked, seen=seen)
        if decision.proposed_by_id == actor.user_id and guards.on("claims.second_person"):
            raise errors.own_proposal()
        moved_on = decision.year_version != year.version
        if moved_on:
            _compute_anew(locked, decision, year, terms, now=now)
        else:
            _require_same_result(locked, decision, year, terms)
            if bill_stands is False:
                raise errors.settlement_reversed()
            reason = (
                "" if bill_stands else gettext("The national platform was silent: the bill was not looked up again.")
            )
            _approve(locked, decision, year, reason=reason, actor=actor, now=now)
    if moved_on:
        raise errors.proposal_outdated()
    return decision


def live_decision(claim: Claim, *, seen: str) -> Decision:
    """The locked claim's proposal, provided all is as it was shown. Raises Conflict changed_meanwhile, not_proposed."""
    require_unchanged(seen, is_now=shown.desk_version(claim))
    decision = claim.decisions.filter(superseded_at=None).first()
    if claim.state != ClaimState.PROPOSED or decision is None:
        raise Conflict("not_proposed", _("Nothing is proposed for this claim."))
    return decision


def _compute_anew(claim: Claim, decision: Decision, year: YearAccount, terms: DatedPlan, *, now: datetime) -> None:
    claim.decisions.filter(pk=decision.pk).update(superseded_at=now, superseded_reason="year moved on")
    record_decision(claim, year, terms, proposed_by_id=decision.proposed_by_id, note=decision.note, now=now)


def _require_same_result(claim: Claim, decision: Decision, year: YearAccount, terms: DatedPlan) -> None:
    # Same year, same bills, same terms must give the same fen; anything else means the plan file was changed.
    computed = computation.compute(claim, year, terms)
    if (computed.payable_fen, computed.plan_sha256) != (decision.payable_fen, decision.plan_sha256):
        raise Conflict(
            "plan_changed", _("The plan's terms differ from those of the proposal. Send it back and propose anew.")
        )


def _approve(claim: Claim, decision: Decision, year: YearAccount, *, reason: str, actor: Actor, now: datetime) -> None:
    decision.approved_by_id, decision.approved_at = actor.user_id, now
    decision.save(update_fields=["approved_by", "approved_at"])
    YearAccount.objects.filter(pk=year.pk).update(
        version=F("version") + 1,
        year_so_far=decision.year_after,
        paid_fen=F("paid_fen") + decision.payable_fen,
        updated_at=now,
    )
    transition(claim, ClaimState.APPROVED, actor=actor, now=now, reason=reason)
    if decision.payable_fen == 0:
        transition(claim, ClaimState.NOTHING_DUE, actor=actor, now=now)
        notices.decided_nothing_due(claim, now=now)
        return
    plan_year = claim.policy.plan_year
    of_whom = {"scheme": plan_year.scheme_id, "plan_year": plan_year.code, "insurer": claim.insurer_id}
    post(
        kind="claim.approved",
        reference=claim.number,
        lines=[
            Line("expense.claims", decision.payable_fen, **of_whom),
            Line("liability.claims_payable", -decision.payable_fen, **of_whom),
        ],
        now=now,
    )
    start_payouts(claim, decision, actor=actor, now=now)
