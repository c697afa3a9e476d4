"""After the bank sent the money back: one person looks at the new account and proposes to pay to it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import errors, selectors, shown
from claims.actions._locks import lock_claim, person_id
from claims.actions._reviewing import require_desk
from claims.lifecycle import ClaimState
from claims.models import Claim, PayoutProposal
from core.actors import Actor
from core.errors import Conflict
from core.seen import require_unchanged


def propose_payout(*, claim: Claim, seen: str, actor: Actor, now: datetime) -> PayoutProposal:
    """An open proposal for the first payout that came back and has another account, bound to it. Moves no money.

    A reviewer or an approver of the claim's insurer may. seen: shown.desk_version. Raises NotAllowed not_allowed,
    own_claim; Conflict changed_meanwhile, nothing_to_pay_again, payout_proposed; DomainError payee_missing.
    """
    require_desk(claim, actor, "claims.review" if actor.may("claims.review", claim) else "claims.approve")
    with transaction.atomic():
        locked = lock_claim(claim)
        require_unchanged(seen, is_now=shown.desk_version(locked))
        returned = selectors.returned_payouts(locked)
        if locked.state != ClaimState.PAYOUT_FAILED or not returned:
            raise Conflict("nothing_to_pay_again", _("The bank has sent no money of this claim back."))
        named = [(payout, selectors.new_payee_of(locked, payout)) for payout in returned]
        payout, payee = next((pair for pair in named if pair[1] is not None), (returned[0], None))
        if payee is None:
            raise errors.payee_missing()
        if selectors.open_payout_proposal(locked) is not None:
            raise Conflict("payout_proposed", _("A colleague has proposed this already. A second person confirms it."))
        return PayoutProposal.objects.create(
            claim=locked,
            payout=payout,
            payee=payee,
            failed_transfer=payout.returned_transfer,
            amount_fen=payout.amount_fen,
            payee_digest=shown.payee_digest(payee),
            account_tail=payee.account_tail,
            proposed_by_id=person_id(actor),
            proposed_at=now,
        )


def drop_proposals(claim: Claim, *, reason: str, now: datetime) -> int:
    """End what was proposed for a claim, in the caller's transaction that holds its lock."""
    live = claim.payout_proposals.filter(confirmed_at=None, dropped_at=None)
    return live.update(dropped_at=now, dropped_reason=reason)
