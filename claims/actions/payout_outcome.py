"""What the bank reported, told by payments inside the transaction that records it with its ledger entry."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from claims import notices
from claims.lifecycle import ClaimState
from claims.models import Claim
from core.actors import Actor
from work.lifecycle import transition

if TYPE_CHECKING:
    from payments.models import Transfer

_BANK = Actor.system("bank")


def payout_paid(transfer: Transfer, *, now: datetime) -> None:
    """PAYING -> PAID; a repeated report changes nothing."""
    claim = _claim_of(transfer)
    if claim.state == ClaimState.PAID:
        return
    transition(claim, ClaimState.PAID, actor=_BANK, now=now, paid_at=now)
    notices.claim_paid(claim, transfer.amount_fen, now=now)


def payout_failed(transfer: Transfer, *, now: datetime) -> None:
    """PAYING or PAID -> PAYOUT_FAILED: the payee's bank refused the money or sent it back (退票).

    The old account is cleared, so that it cannot be paid again by mistake; the resident is asked for another.
    """
    claim = _claim_of(transfer)
    if claim.state == ClaimState.PAYOUT_FAILED:
        return
    cleared = {"payee_name": "", "payee_account": "", "payee_account_tail": "", "payee_bank_code": "", "paid_at": None}
    transition(claim, ClaimState.PAYOUT_FAILED, actor=_BANK, now=now, reason=transfer.outcome_code, **cleared)
    notices.payout_failed(claim, now=now)


def lock_for_payout(purpose_ref: str) -> None:
    """payments takes the claim's lock before the transfer's: one order for everybody."""
    Claim.objects.select_for_update(of=("self",)).get(number=purpose_ref)


def _claim_of(transfer: Transfer) -> Claim:
    claims = Claim.objects.select_for_update(of=("self",)).select_related("insured", "claimant", "policy__plan_year")
    return claims.get(number=transfer.purpose_ref)
