"""After handing in: list, track, decision, letter, handover slip."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims import explain, letters, pages, questions, selectors, shown, statements
from claims.lifecycle import ClaimState
from claims.models import Claim
from core.access import actor_of, public, requires


@requires("claims.read_own", owner="claims")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    rows = [pages.list_row(claim) for claim in selectors.claims_of(actor_of(request))]
    return render(request, "claims/index.html", {"rows": rows})


@requires("claims.read_own", owner="claim")
@require_safe
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """One address for the whole life of a claim: tasks before handing in, then where it stands, then the decision."""
    return claim_page(request, selectors.claim_for(actor_of(request), number))


def claim_page(request: HttpRequest, found: Claim, *, status: int = 200) -> HttpResponse:
    if found.state in (ClaimState.DRAFT, ClaimState.MATERIALS_REQUESTED):
        return _tasks(request, found, status)
    decision = selectors.decision_of(found)
    context = {
        **pages.product(found.policy),
        "claim": found,
        "chip": pages.chip(found),
        **pages.bills_of(found),
        "parts": explain.bill_parts(found.bills.all(), decision.payable_fen if decision else 0),
        "timeline": explain.timeline(found, decision),
        "appeal_days": explain.APPEAL_DAYS,
    }
    if decision is not None:
        context |= {
            "decision": decision,
            **pages.computation(found, decision),
            "account": pages.accounts(found),
        }
        return render(request, "claims/decided.html", context, status=status)
    if found.state == ClaimState.DECLINED:
        reason = selectors.decline_reason(found)
        return render(request, "claims/declined.html", context | {"reason": reason}, status=status)
    return render(request, "claims/waiting.html", context, status=status)


def _tasks(request: HttpRequest, claim: Claim, status: int) -> HttpResponse:
    checklist = selectors.checklist_of(claim)
    context = {
        **pages.product(claim.policy),
        "claim": claim,
        "tasks": pages.tasks(claim, checklist),
        **pages.bills_of(claim),
        "parts": explain.bill_parts(claim.bills.all()),
        "materials": selectors.open_request(claim),
        "seen": shown.own_version(claim),
        "ready": not checklist.missing and claim.has_payee and not questions.unanswered(claim),
    }
    return render(request, "claims/tasks.html", context, status=status)


@requires("claims.read_own", owner="claim")
@require_safe
def letter_pdf(request: HttpRequest, number: str) -> HttpResponse:
    found = selectors.claim_for(actor_of(request), number)
    return pages.pdf_response(letters.decision_letter(found), f"{number}-letter.pdf")


@requires("claims.read_own", owner="claim")
@require_safe
def statement(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """One bill's decision, to be computed again anywhere."""
    found = selectors.claim_for(actor_of(request), number)
    return _file(statements.statement(found, position), "application/json", f"{number}-{position}.json")


@public
@require_safe
def decision_key(request: HttpRequest) -> HttpResponse:
    """The public half of the key that signs decisions."""
    return _file(statements.public_key(), "application/x-pem-file", "decision-key.pem")


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@requires("claims.read_own", owner="claim")
@require_safe
def handover(request: HttpRequest, number: str) -> HttpResponse:
    found = selectors.claim_for(actor_of(request), number)
    return render(request, "claims/handover.html", letters.handover_context(found))


@requires("claims.read_own", owner="claim")
@require_safe
def handover_pdf(request: HttpRequest, number: str) -> HttpResponse:
    found = selectors.claim_for(actor_of(request), number)
    return pages.pdf_response(letters.handover_slip(found), f"{number}-handover.pdf")
