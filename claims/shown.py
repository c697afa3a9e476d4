"""Versions of what this room's pages show beside a button that decides about money (core.seen)."""

from __future__ import annotations

from claims import questions, selectors
from claims.lifecycle import ClaimState, DocumentState
from claims.models import Claim, ClaimPayee
from core import seen


def payee_digest(payee: ClaimPayee) -> str:
    """Of an account that would be paid, and what it receives: name, number, bank and share."""
    whose = {"name": payee.name, "account": payee.account, "bank": payee.bank_code}
    return seen.version("payee", share=payee.share_millionths, **whose)


def payee_mark(payee: ClaimPayee) -> str:
    """Eight letters by which two people tell that they look at the same account: "3F9A-01C7"."""
    mark = payee_digest(payee)[:8].upper()
    return f"{mark[:4]}-{mark[4:]}"


def desk_version(claim: Claim) -> str:
    """Of a claim at the desk: where it stands, its papers, its figures, who gets the money.

    Called with the claim as it was loaded for the page, or as it is locked: the rest is read from the database.
    """
    proposal = selectors.proposal_of(claim)
    payout = selectors.open_payout_proposal(claim)
    transfers = selectors.transfers_of(claim)
    change = selectors.open_payee_change(claim)
    return seen.version(
        "claims.desk",
        claim=claim.number,
        state=claim.state,
        reviewer=claim.reviewer_id,
        payees=[[payee.pk, payee_digest(payee)] for payee in selectors.payees_of(claim)],
        change=[change.pk, [payee_digest(payee) for payee in change.payees.all()]] if change else None,
        papers=[str(document.pk) for document in selectors.documents_of(claim)],
        said=questions.answers_of(claim),
        decision=[proposal.version, proposal.payable_fen, proposal.plan_sha256] if proposal else None,
        facts=[*selectors.facts_stand_at(claim), claim.insured.answer_digest],
        # Before there is a proposal the page computes on the year as it stands.
        year=selectors.year_of(claim).version if claim.state == ClaimState.UNDER_REVIEW else None,
        payout=payout.pk if payout else None,
        transfers=[[transfer.number, transfer.state] for transfer in transfers],
    )


def own_version(claim: Claim) -> str:
    """Of a claim as the resident who files it sees it: what is handed in, and which account is named."""
    request = selectors.open_request(claim)
    return seen.version(
        "claims.own",
        claim=claim.number,
        state=claim.state,
        payees=[payee_digest(payee) for payee in selectors.payees_of(claim)],
        papers=[
            [str(document.pk), document.state == DocumentState.REFUSED] for document in selectors.uploads_of(claim)
        ],
        said=questions.answers_of(claim),
        asked=request.pk if request else None,
    )
