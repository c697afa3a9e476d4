"""Versions of what this room's pages show beside a button that decides about money (core.seen)."""

from __future__ import annotations

from claims import selectors
from claims.lifecycle import ClaimState, DocumentState
from claims.models import Claim
from core import seen


def payee_digest(claim: Claim) -> str:
    """Of the account that would be paid: name, number and bank. "" while there is none."""
    if not claim.has_payee:
        return ""
    return seen.version("payee", name=claim.payee_name, account=claim.payee_account, bank=claim.payee_bank_code)


def payee_mark(claim: Claim) -> str:
    """Eight letters by which two people tell that they look at the same account: "3F9A-01C7"."""
    mark = payee_digest(claim)[:8].upper()
    return f"{mark[:4]}-{mark[4:]}" if mark else ""


def desk_version(claim: Claim) -> str:
    """Of a claim at the desk: where it stands, its papers, its figures, who gets the money.

    Called with the claim as it was loaded for the page, or as it is locked: the rest is read from the database.
    """
    proposal = selectors.proposal_of(claim)
    payout = selectors.open_payout_proposal(claim)
    last = selectors.last_payout(claim)
    return seen.version(
        "claims.desk",
        claim=claim.number,
        state=claim.state,
        reviewer=claim.reviewer_id,
        payee=payee_digest(claim),
        papers=[str(document.pk) for document in selectors.documents_of(claim)],
        decision=[proposal.version, proposal.payable_fen, proposal.plan_sha256] if proposal else None,
        # Before there is a proposal the page computes on the year as it stands.
        year=selectors.year_of(claim).version if claim.state == ClaimState.UNDER_REVIEW else None,
        payout=payout.pk if payout else None,
        transfer=[last.number, last.state] if last else None,
    )


def own_version(claim: Claim) -> str:
    """Of a claim as the resident who files it sees it: what is handed in, and which account is named."""
    request = selectors.open_request(claim)
    return seen.version(
        "claims.own",
        claim=claim.number,
        state=claim.state,
        payee=payee_digest(claim),
        papers=[
            [str(document.pk), document.state == DocumentState.REFUSED] for document in selectors.uploads_of(claim)
        ],
        asked=request.pk if request else None,
    )
