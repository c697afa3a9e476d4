"""This room's part of "my data" (PIPL 45): claims with their bills, papers, decisions and payouts.

A relative's claims are in it as long as her pages show them: once it is proved that they are relatives. The account
into which money goes is told to who named it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import my_data
from accounts.models import User
from claims.models import (
    Claim,
    ClaimBill,
    ClaimDocument,
    ClaimPayee,
    ClaimReport,
    Decision,
    FactFinding,
    MaterialsRequest,
)
from claims.purposes import PAYOUT
from claims.questions import answers_of
from claims.selectors import decline_reasons, own_claims
from payments.my_data import paid_out


def register() -> None:
    title = _("Claims with their bills, papers, decisions and payouts")
    my_data.parts.register("claims", my_data.Part(section, title, "claims:index"))
    my_data.parts.register("claim_reports", my_data.Part(reports, _("What was reported to our desk about you")))


def section(user_id: int) -> list[dict[str, Any]]:
    """Amounts in fen."""
    claims = own_claims(User.objects.get(pk=user_id).actor()).order_by("pk")
    claims = claims.select_related("policy__year_account", "incident").prefetch_related(
        "documents",
        "materials_requests",
        "decisions__bills__bill",
        "payees",
        "payouts__payee",
        "fact_findings__bill",
        "platform_history",
    )
    transfers = paid_out(PAYOUT, [payout.number for claim in claims for payout in claim.payouts.all()])
    reasons = decline_reasons(claims)
    return [_claim(claim, transfers, reasons.get(claim.pk, ""), user_id=user_id) for claim in claims]


def reports(user_id: int) -> list[dict[str, Any]]:
    """About herself, by whomever."""
    rows = ClaimReport.objects.filter(policy__insured__user_id=user_id).select_related("policy", "claim")
    return [
        {
            "policy": report.policy.number,
            "how_it_came": report.way,
            "reported_by": report.reported_by,
            "what_happened": report.what_happened,
            "treatment_began_on": report.began_on.isoformat(),
            "at": report.taken_at.isoformat(),
            "claim": report.claim.number if report.claim else None,
            "closed_because": report.closed_because or "",
        }
        for report in rows.order_by("pk")
    ]


def _claim(
    claim: Claim, transfers: dict[str, list[dict[str, Any]]], declined_because: str, *, user_id: int
) -> dict[str, Any]:
    year = getattr(claim.policy, "year_account", None)
    return {
        "number": claim.number,
        "policy": claim.policy.number,
        "insured": claim.insured.name,
        "filed_by_me": claim.filed_by_id == user_id,
        "how_it_came": claim.way,
        "type": claim.claim_type,
        "state": claim.state,
        "started_at": claim.created_at.isoformat(),
        "handed_in_at": _moment(claim.submitted_at),
        "paid_at": _moment(claim.paid_at),
        "what_happened": answers_of(claim),
        "accounts": [_account(payee, user_id=user_id) for payee in claim.payees.all()],
        "bills": [_bill(bill) for bill in claim.bills.all()],
        "papers": [_paper(document) for document in claim.documents.all()],
        "requests_for_papers": [_request(request) for request in claim.materials_requests.all()],
        "diagnoses_before_cover": [
            {"asked_at": _moment(told.asked_at), "from": told.from_on.isoformat(), "told": told.diagnoses}
            for told in claim.platform_history.all()
        ],
        "findings": [_finding(finding) for finding in claim.fact_findings.all()],
        "decisions": [_decision(decision) for decision in claim.decisions.all() if decision.approved_at],
        "reason_for_declining": declined_because,
        "payouts": [
            transfer if payout.payee.named_by_id == user_id else _without_account(transfer)
            for payout in claim.payouts.all()
            for transfer in transfers.get(payout.number, [])
        ],
        "insurance_year_so_far": year.year_so_far if year else None,
    }


def _account(payee: ClaimPayee, *, user_id: int) -> dict[str, Any]:
    whose = {"payee_name": payee.name, "account_number": payee.account, "bank": payee.bank_code}
    return {
        **(whose if payee.named_by_id == user_id else {"ends_in": payee.account_tail}),
        "relation": payee.relation,
        "share_millionths": payee.share_millionths,
        "since": _moment(payee.since),
        "until": _moment(payee.until),
    }


def _bill(bill: ClaimBill) -> dict[str, Any]:
    return {
        "bill": bill.position,
        "settlement_number": bill.settlement_no,
        "visit_number": bill.visit_no,
        "hospital": bill.hospital_name,
        "invoice_number": bill.invoice_no,
        "kind_of_visit": bill.encounter_type,
        "basic_insurance": bill.insurance_type,
        "admitted_on": bill.admitted_on.isoformat(),
        "discharged_on": bill.discharged_on.isoformat(),
        "diagnoses": bill.diagnoses,
        "lines": bill.lines,
        **bill.amounts,
    }


def _paper(document: ClaimDocument) -> dict[str, Any]:
    """The file itself is had from its page; sha256 is of the file as it was handed over."""
    return {
        "kind": document.kind,
        "name": document.name,
        "size_bytes": document.size_bytes,
        "sha256": document.sha256,
        "handed_over_at": document.uploaded_at.isoformat(),
        "taken_back_at": _moment(document.removed_at),
        "state": document.state,
        "address": reverse("claims:paper", args=[document.pk]),
    }


def _request(request: MaterialsRequest) -> dict[str, Any]:
    return {
        "asked_for": request.items,
        "message": request.message,
        "at": request.requested_at.isoformat(),
        "answered_at": _moment(request.answered_at),
    }


def _finding(finding: FactFinding) -> dict[str, Any]:
    return {
        "fact": finding.fact,
        "bill": finding.bill.position if finding.bill else None,
        "line": finding.line,
        "found": finding.value,
        "reason": finding.reason,
        "at": _moment(finding.found_at),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "version": decision.version,
        "payable_fen": decision.payable_fen,
        "plan": decision.plan_name,
        "bills": [
            {
                "bill": row.bill.position,
                "payable_fen": row.payable_fen,
                "computation": row.computation,
                "facts": row.facts,
            }
            for row in decision.bills.all()
        ],
        "approved_at": _moment(decision.approved_at),
        "superseded_at": _moment(decision.superseded_at),
        "superseded_because": decision.superseded_reason,
    }


def _without_account(payout: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in payout.items() if key not in ("payee_name", "account_number", "bank")}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
