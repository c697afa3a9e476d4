"""The payout instruction of an approved claim. The bank is called by payments' worker, never from here (M1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import errors
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_desk
from claims.lifecycle import ClaimState
from claims.models import Claim, Decision
from claims.purposes import PAYOUT
from core.actors import Actor
from core.errors import Conflict
from payments.actions import create_transfer
from work.lifecycle import transition


def start_payout(claim: Claim, decision: Decision, *, actor: Actor, now: datetime) -> None:
    """APPROVED or PAYOUT_FAILED -> PAYING with a transfer, in the caller's transaction that holds the claim's lock.

    payments refuses a second live transfer for one claim (unique constraint), so two callers make one payout.
    """
    if not claim.has_payee:
        raise errors.payee_missing()
    create_transfer(
        purpose=PAYOUT,
        purpose_ref=claim.number,
        amount_fen=decision.payable_fen,
        payee_name=claim.payee_name,
        account_no=claim.payee_account,
        bank_code=claim.payee_bank_code,
        narrative=claim.number,
        plan_year=claim.policy.plan_year.code,
        scheme=claim.policy.plan_year.scheme.code,
        actor=actor,
        now=now,
    )
    transition(claim, ClaimState.PAYING, actor=actor, now=now)


def pay_claim(*, claim: Claim, actor: Actor, now: datetime) -> Claim:
    """For an APPROVED claim whose payout was never written: there is none unless data was mended by hand.

    A claim that is being paid or paid is returned as it is. After the bank sent money back two people are needed:
    propose_payout, confirm_payout. Raises Conflict payout_needs_two.
    """
    require_desk(claim, actor, "claims.approve")
    with transaction.atomic():
        locked = lock_claim(claim)
        if locked.state in (ClaimState.PAYING, ClaimState.PAID):
            return locked
        if locked.state != ClaimState.APPROVED:
            raise Conflict("payout_needs_two", _("One person proposes where the money goes, another confirms it."))
        decision = locked.decisions.get(superseded_at=None)
        start_payout(locked, decision, actor=actor, now=now)
    return locked
