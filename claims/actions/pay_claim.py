"""The payout instructions of an approved claim. The bank is called by payments' worker, never from here (M1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import errors
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_desk
from claims.lifecycle import ClaimState, PayoutState
from claims.models import Claim, ClaimPayee, Decision, Payout
from claims.purposes import PAYOUT
from core.actors import Actor
from core.errors import Conflict
from core.money import split_fen
from payments.actions import create_transfer
from work.lifecycle import transition


def start_payouts(claim: Claim, decision: Decision, *, actor: Actor, now: datetime) -> None:
    """APPROVED -> PAYING with a payout and a transfer for each payee, in the caller's transaction that holds the
    claim's lock. The amount is split by the payees' shares, to the fen, by largest remainder.

    payments refuses a second live transfer for one payout (unique constraint), so two callers pay each once.
    """
    payees = claim.live_payees
    if not payees:
        raise errors.payee_missing()
    amounts = split_fen(decision.payable_fen, [payee.share_millionths for payee in payees])
    for payee, amount_fen in zip(payees, amounts, strict=True):
        if amount_fen == 0:
            continue  # a share too small for a fen of this decision
        payout = Payout.objects.create(
            claim=claim,
            decision=decision,
            position=payee.position,
            number=f"{claim.number}-{payee.position}",
            payee=payee,
            amount_fen=amount_fen,
            created_at=now,
        )
        _instruct(claim, payout, actor=actor, now=now)
    transition(claim, ClaimState.PAYING, actor=actor, now=now)


def pay_again(claim: Claim, payout: Payout, payee: ClaimPayee, *, actor: Actor, now: datetime) -> None:
    """RETURNED -> INSTRUCTED to another account, with a transfer of its own number, in the caller's transaction. The
    claim is PAYING again once none of its payouts is left that came back."""
    transition(payout, PayoutState.INSTRUCTED, actor=actor, now=now, payee_id=payee.pk)
    payout.payee = payee
    _instruct(claim, payout, actor=actor, now=now)
    if not claim.payouts.filter(state=PayoutState.RETURNED).exists():
        transition(claim, ClaimState.PAYING, actor=actor, now=now)


def _instruct(claim: Claim, payout: Payout, *, actor: Actor, now: datetime) -> None:
    create_transfer(
        purpose=PAYOUT,
        purpose_ref=payout.number,
        amount_fen=payout.amount_fen,
        payee_name=payout.payee.name,
        account_no=payout.payee.account,
        bank_code=payout.payee.bank_code,
        narrative=claim.number,
        plan_year=claim.policy.plan_year.code,
        scheme=claim.policy.plan_year.scheme_id,
        insurer=claim.insurer_id,
        actor=actor,
        now=now,
    )


def pay_claim(*, claim: Claim, actor: Actor, now: datetime) -> Claim:
    """For an APPROVED claim whose payouts were never written: there is none unless data was mended by hand.

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
        start_payouts(locked, decision, actor=actor, now=now)
    return locked
