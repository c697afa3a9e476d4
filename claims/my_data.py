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
from claims.models import Claim, ClaimBill, ClaimDocument, Decision, MaterialsRequest
from claims.purposes import PAYOUT
from claims.selectors import decline_reason, own_claims
from payments.my_data import paid_out


def register() -> None:
    title = _("Claims with their bills, papers, decisions and payouts")
    my_data.parts.register("claims", my_data.Part(section, title, "claims:index"))


def section(user_id: int) -> list[dict[str, Any]]:
    """Amounts in fen."""
    claims = own_claims(User.objects.get(pk=user_id).actor()).order_by("pk")
    claims = claims.select_related("policy__year_account").prefetch_related(
        "documents", "materials_requests", "decisions"
    )
    payouts = paid_out(PAYOUT, [claim.number for claim in claims])
    return [_claim(claim, payouts.get(claim.number, []), user_id=user_id) for claim in claims]


def _claim(claim: Claim, payouts: list[dict[str, Any]], *, user_id: int) -> dict[str, Any]:
    named_it = claim.claimant_id == user_id
    account = {"payee_name": claim.payee_name, "account_number": claim.payee_account, "bank": claim.payee_bank_code}
    year = getattr(claim.policy, "year_account", None)
    return {
        "number": claim.number,
        "policy": claim.policy.number,
        "insured": claim.insured.name,
        "filed_by_me": named_it,
        "type": claim.claim_type,
        "state": claim.state,
        "settlement_number": claim.settlement_no,
        "started_at": claim.created_at.isoformat(),
        "handed_in_at": _moment(claim.submitted_at),
        "paid_at": _moment(claim.paid_at),
        "account": account if named_it else {"ends_in": claim.payee_account_tail},
        "bill": _bill(claim.bill),
        "papers": [_paper(document) for document in claim.documents.all()],
        "requests_for_papers": [_request(request) for request in claim.materials_requests.all()],
        "decisions": [_decision(decision) for decision in claim.decisions.all() if decision.approved_at],
        "reason_for_declining": decline_reason(claim),
        "payouts": payouts if named_it else [_without_account(payout) for payout in payouts],
        "insurance_year_so_far": year.year_so_far if year else None,
    }


def _bill(bill: ClaimBill) -> dict[str, Any]:
    amounts = [field.name for field in bill._meta.concrete_fields if field.name.endswith("_fen")]
    return {
        "hospital": bill.hospital_name,
        "invoice_number": bill.invoice_no,
        "kind_of_visit": bill.encounter_type,
        "basic_insurance": bill.insurance_type,
        "admitted_on": bill.admitted_on.isoformat(),
        "discharged_on": bill.discharged_on.isoformat(),
        "diagnoses": bill.diagnoses,
        "lines": bill.lines,
        **{name: getattr(bill, name) for name in amounts},
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


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "version": decision.version,
        "payable_fen": decision.payable_fen,
        "plan": decision.plan_name,
        "computation": decision.computation,
        "approved_at": _moment(decision.approved_at),
        "superseded_at": _moment(decision.superseded_at),
        "superseded_because": decision.superseded_reason,
    }


def _without_account(payout: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in payout.items() if key not in ("payee_name", "account_number", "bank")}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
