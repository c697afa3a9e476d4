"""The second person: pay to the new account, or do not."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import errors, selectors, shown
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_desk
from claims.actions.pay_claim import pay_again
from claims.actions.propose_payout import drop_proposals
from claims.lifecycle import ClaimState
from claims.models import Claim, PayoutProposal
from core import guards
from core.actors import Actor
from core.errors import Conflict
from core.seen import require_unchanged


def confirm_payout(*, claim: Claim, seen: str, actor: Actor, now: datetime) -> Claim:
    """The payout goes to the account that both people looked at, with a transfer of its own number; with the last one
    that came back the claim is PAYING again.

    Needs claims.approve for the claim's insurer, and another person than who proposed (A2, also in the database). seen:
    shown.desk_version. Raises NotAllowed not_allowed, own_claim, own_proposal; Conflict changed_meanwhile.
    """
    require_desk(claim, actor, "claims.approve")
    with transaction.atomic():
        locked = lock_claim(claim)
        require_unchanged(seen, is_now=shown.desk_version(locked))
        proposal = _open(locked)
        if proposal.proposed_by_id == actor.user_id and guards.on("claims.second_person"):
            raise errors.own_proposal()
        # The version covers the account as the second person saw it; this, as the first one did.
        payee = selectors.new_payee_of(locked, proposal.payout)
        require_unchanged(proposal.payee_digest, is_now=shown.payee_digest(payee) if payee else "")
        proposal.confirmed_by_id, proposal.confirmed_at = actor.user_id, now
        proposal.save(update_fields=["confirmed_by", "confirmed_at"])
        pay_again(locked, proposal.payout, proposal.payee, actor=actor, now=now)
    return locked


def refuse_payout(*, claim: Claim, seen: str, reason: str, actor: Actor, now: datetime) -> Claim:
    """The proposal is dropped with a reason; the claim stays PAYOUT_FAILED. Raises as confirm_payout, reason_needed."""
    require_desk(claim, actor, "claims.approve")
    if not reason.strip():
        raise errors.reason_needed()
    with transaction.atomic():
        locked = lock_claim(claim)
        require_unchanged(seen, is_now=shown.desk_version(locked))
        _open(locked)
        drop_proposals(locked, reason=reason.strip(), now=now)
    return locked


def _open(claim: Claim) -> PayoutProposal:
    proposal = selectors.open_payout_proposal(claim)
    if claim.state != ClaimState.PAYOUT_FAILED or proposal is None:
        raise Conflict("payout_not_proposed", _("Nobody has proposed a payout for this claim."))
    return proposal
