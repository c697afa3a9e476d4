"""What the bank reported, told by payments inside the transaction that records it with its ledger entry."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from claims import notices
from claims.lifecycle import ClaimState, PayoutState
from claims.models import Claim, Payout
from core.actors import Actor
from work.lifecycle import transition

if TYPE_CHECKING:
    from payments.models import Transfer

_BANK = Actor.system("bank")


def payout_paid(transfer: Transfer, *, now: datetime) -> None:
    """INSTRUCTED -> PAID, and the claim with its last payout; a repeated report changes nothing."""
    claim, payout = _lock(transfer.purpose_ref)
    if payout.state == PayoutState.PAID or transfer.number == payout.returned_transfer:
        return
    transition(payout, PayoutState.PAID, actor=_BANK, now=now, paid_at=now)
    if claim.state == ClaimState.PAYING and not claim.payouts.exclude(state=PayoutState.PAID).exists():
        transition(claim, ClaimState.PAID, actor=_BANK, now=now, paid_at=now)
    notices.payout_paid(claim, payout, now=now)


def payout_failed(transfer: Transfer, *, now: datetime) -> None:
    """INSTRUCTED or PAID -> RETURNED: the payee's bank refused the money or sent it back (退票). The claim is
    PAYOUT_FAILED until all that came back was sent again; the other payouts go on.

    It is not sent to that account again: another must be named, and two people look at it.
    """
    claim, payout = _lock(transfer.purpose_ref)
    if payout.state == PayoutState.RETURNED or transfer.number == payout.returned_transfer:
        return
    reason = transfer.outcome_code
    transition(
        payout,
        PayoutState.RETURNED,
        actor=_BANK,
        now=now,
        reason=reason,
        paid_at=None,
        returned_transfer=transfer.number,
    )
    if claim.state != ClaimState.PAYOUT_FAILED:
        transition(claim, ClaimState.PAYOUT_FAILED, actor=_BANK, now=now, reason=reason, paid_at=None)
    notices.payout_failed(claim, payout, now=now)


def lock_for_payout(purpose_ref: str) -> None:
    """payments takes the claim's lock before the transfer's: one order for everybody."""
    _lock(purpose_ref)


def _lock(number: str) -> tuple[Claim, Payout]:
    claims = Claim.objects.select_for_update(of=("self",)).select_related("insured", "filed_by", "policy__plan_year")
    claim = claims.get(payouts__number=number)
    return claim, claim.payouts.select_related("payee").get(number=number)
