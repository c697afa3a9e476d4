"""One claim at the desk: papers left, figures right, the next action always in the same place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from claims import actions, checking, computation, errors, explain, pages, questions, receipts, selectors, shown
from claims.admin import continuing, settling
from claims.banks import BANKS
from claims.checklist import DocumentKind
from claims.lifecycle import ClaimState
from claims.models import (
    AutomaticCheck,
    CheckResult,
    Claim,
    ClaimBill,
    ClaimDocument,
    ClaimEvent,
    ClaimPayee,
    Decision,
    PayeeRelation,
    PayoutProposal,
)
from claims.models.payee import WHOLE
from claims.views.files import attachment, page_image
from core import clock
from core.access import actor_of
from core.actors import Actor
from core.errors import DomainError
from core.money import format_yuan
from core.seen import sent
from look.components import StateKind

S = ClaimState
# Lines of the form for several payees.
PAYEE_LINES = 4


@dataclass(frozen=True)
class Button:
    """One place in the row of actions. `verb` is the address; `asks`: it opens a form first; `off`: why not now."""

    verb: str
    label: Promise | str
    key: str
    primary: bool = False
    asks: bool = False
    off: str = ""


def show(model_admin: Any, request: HttpRequest, pk: int, *, error: DomainError | None = None) -> HttpResponse:
    if not model_admin.has_view_permission(request):
        raise selectors.claim_not_found()
    actor = actor_of(request)
    claim = selectors.desk_claim(actor, number_of(pk))
    proposal = selectors.proposal_of(claim)
    payout = selectors.open_payout_proposal(claim)
    checks = checking.last_run(claim)
    form = request.GET.get("do", "") or (
        request.resolver_match.kwargs.get("verb", "") if request.resolver_match else ""
    )
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{claim.insured.name} · {claim.get_claim_type_display()}",
        "opts": model_admin.opts,
        "claim": claim,
        "bills": [BillTable(bill, explain.amount_rows(bill)) for bill in claim.bills.all()],
        "chip": pages.chip(claim),
        "said": questions.said(claim),
        "due": selectors.due_of(claim, now=clock.now()),
        "documents": document_pages(claim),
        "checks": [check_row(row) for row in checks],
        "proposal": proposal,
        "seen": shown.desk_version(claim),
        "buttons": buttons(claim, proposal, payout, actor),
        "payout_proposal": payout,
        "own_payout_proposal": payout is not None and payout.proposed_by_id == actor.user_id,
        "payout_mark": shown.payee_mark(payout.payee) if payout else "",
        **payee_context(claim, actor),
        "own_proposal": claim.state == S.PROPOSED and proposal and proposal.proposed_by_id == actor.user_id,
        "open_form": form if form in ("materials", "send_back", "decline", "find") else "",
        "finding": settling.form_of(request, claim) if form == "find" and settling.settles(claim, actor) else None,
        "facts": settling.of(claim, actor, proposal),
        "settles": settling.settles(claim, actor),
        "kinds": DocumentKind,
        "events": [event_row(event) for event in claim.events.select_related("actor")],
        "transfers": selectors.transfers_of(claim),
        "error": error,
        **figures(claim, proposal),
        "continuing": continuing.of(claim, actor),
        "report": getattr(claim, "report", None),
    }
    status = error.status if error else 200
    return TemplateResponse(request, "claims/desk/claim.html", context, status=status)


def number_of(pk: int) -> str:
    return Claim.objects.filter(pk=pk).values_list("number", flat=True).first() or ""


@dataclass(frozen=True)
class BillTable:
    bill: ClaimBill
    amounts: list[explain.AmountRow]


def figures(claim: Claim, proposal: Decision | None) -> dict[str, Any]:
    """The live decision's computation, bill by bill; before there is one, what the plan would give today."""
    computed: list[receipts.BillReceipt] = []
    payable_fen, problem = None, ""
    if claim.state != S.DECLINED:
        try:
            computed, payable_fen = _computed(claim, proposal)
        except DomainError as error:
            problem = str(error)
    return {
        "parts": explain.bill_parts(claim.bills.all(), payable_fen or 0, for_staff=True),
        "computed": computed,
        "payable_fen": payable_fen,
        "cannot_compute": problem,
    }


def _computed(claim: Claim, proposal: Decision | None) -> tuple[list[receipts.BillReceipt], int]:
    if proposal is not None:
        return receipts.of_decision(claim, proposal, for_staff=True), proposal.payable_fen
    fresh = computation.compute(claim, selectors.year_of(claim), computation.terms_of(claim))
    return receipts.of_computed(claim, fresh), fresh.payable_fen


@dataclass(frozen=True)
class PayeeRow:
    """share: "60%"; empty for the one who receives all."""

    payee: ClaimPayee
    account: str
    mark: str
    share: str


def payee_row(payee: ClaimPayee) -> PayeeRow:
    share = "" if payee.share_millionths == WHOLE else explain.percent(str(Decimal(payee.share_millionths) / WHOLE))
    return PayeeRow(payee, pages.account(payee), shown.payee_mark(payee), share)


def payee_context(claim: Claim, actor: Actor) -> dict[str, Any]:
    """Who receives the money, who is proposed to, and which of the forms the actor may use."""
    change = selectors.open_payee_change(claim)
    arranges = claim.payees_are_arranged
    return {
        "payees": [payee_row(payee) for payee in claim.live_payees],
        "payee_change": change,
        "proposed_payees": [payee_row(payee) for payee in change.payees.all()] if change else [],
        "own_payee_change": change is not None and change.proposed_by_id == actor.user_id,
        "confirms_payees": arranges and actor.may("claims.approve", claim),
        "proposes_payees": arranges and actor.may("claims.review", claim),
        "payee_lines": range(1, PAYEE_LINES + 1),
        "payee_relations": PayeeRelation.choices,
        "banks": BANKS,
    }


def buttons(claim: Claim, proposal: Decision | None, payout: PayoutProposal | None, actor: Actor) -> list[Button]:
    """Four places, always the same four: what goes forward, ask for papers, send back, decline."""
    reviews, approves = actor.may("claims.review", claim), actor.may("claims.approve", claim)
    mine = claim.reviewer_id == actor.user_id
    is_open = claim.state == S.UNDER_REVIEW
    asked = claim.state == S.UNDER_REVIEW and claim.materials_requests.exists()
    may_ask = is_open and (actor.may("claims.supervise", claim) if asked else reviews and mine)
    proposed = claim.state == S.PROPOSED
    refuses = claim.state == S.PAYOUT_FAILED and payout is not None
    sends_back = approves and (proposed or refuses)
    no = gettext("Not possible in this state or with your role.")
    return [
        _forward(claim, proposal, payout, actor),
        Button("materials", _("Ask for papers"), "M", asks=True, off="" if may_ask else no),
        Button(
            "send_back", _("Do not pay") if refuses else _("Send back"), "B", asks=True, off="" if sends_back else no
        ),
        Button(
            "decline",
            _("Decline"),
            "D",
            asks=True,
            off="" if (is_open and reviews and mine) or (proposed and approves) else no,
        ),
    ]


def _forward(claim: Claim, proposal: Decision | None, payout: PayoutProposal | None, actor: Actor) -> Button:
    if continuing.continues(claim, actor):
        why = gettext("Something is still missing.") if continuing.missing(claim) else ""
        return Button("hand_in", _("Hand in"), "H", primary=True, off=why)
    reviews, approves = actor.may("claims.review", claim), actor.may("claims.approve", claim)
    no = gettext("Not possible in this state or with your role.")
    if claim.state == S.PROPOSED:
        own = proposal is not None and proposal.proposed_by_id == actor.user_id
        why = gettext("You proposed this yourself; a second person approves.") if own else ("" if approves else no)
        return Button("approve", _("Approve and pay"), "A", primary=True, off=why)
    if claim.state == S.PAYOUT_FAILED:
        return _forward_payout(claim, payout, actor)
    if claim.state == S.UNDER_REVIEW and claim.reviewer_id == actor.user_id:
        return Button("propose", _("Propose this amount"), "P", primary=True, off="" if reviews else no)
    takes = claim.state in (S.SUBMITTED, S.UNDER_REVIEW) and reviews
    label = _("Take this claim") if claim.state == S.SUBMITTED or not takes else _("Take it over")
    # Not T: the admin itself listens for it, to open its search.
    return Button("take", label, "G", primary=True, off="" if takes else no)


def _forward_payout(claim: Claim, payout: PayoutProposal | None, actor: Actor) -> Button:
    """The bank sent the money back: somebody proposes to pay to the new account, somebody else confirms."""
    reviews, approves = actor.may("claims.review", claim), actor.may("claims.approve", claim)
    if payout is None:
        why = "" if claim.has_payee else gettext("Waiting for the resident to name another account.")
        why = why or ("" if reviews or approves else gettext("Not possible in this state or with your role."))
        return Button("propose_payout", _("Propose the new account"), "P", primary=True, off=why)
    own = payout.proposed_by_id == actor.user_id
    why = gettext("You proposed this yourself; a second person approves.") if own else ""
    why = why or ("" if approves else gettext("Not possible in this state or with your role."))
    return Button("confirm_payout", _("Pay to the new account"), "A", primary=True, off=why)


# what the buttons do ---------------------------------------------------------------------------------------


def _take(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    actions.take_claim(claim=claim, **common)
    return gettext("The claim is yours now.")


def _propose(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    decision = actions.propose_decision(claim=claim, note=request.POST.get("note", ""), **common)
    return gettext("%(amount)s yuan proposed. A second person looks at it now.") % {
        "amount": format_yuan(decision.payable_fen)
    }


def _approve(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    decision = actions.approve_decision(claim=claim, **common)
    return gettext("%(amount)s yuan approved.") % {"amount": format_yuan(decision.payable_fen)}


def _materials(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    items, message = request.POST.getlist("items"), request.POST.get("message", "")
    actions.request_materials(claim=claim, items=items, message=message, **common)
    return gettext("The resident has been told once for everything. The clock stands still.")


def _send_back(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    reason = request.POST.get("reason", "")
    if claim.state == S.PAYOUT_FAILED:
        actions.refuse_payout(claim=claim, reason=reason, **common)
        return gettext("Not paid. The new account has to be looked at again.")
    actions.send_back(claim=claim, reason=reason, **common)
    return gettext("Sent back to the reviewer.")


def _decline(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    actions.decline_claim(claim=claim, reason=request.POST.get("reason", ""), **common)
    return gettext("Declined. The resident has been told the reason.")


def _propose_payout(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    actions.propose_payout(claim=claim, **common)
    return gettext("Proposed. A second person compares the account and pays.")


def _confirm_payout(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    actions.confirm_payout(claim=claim, **common)
    return gettext("The payout was instructed again.")


def _propose_payees(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    columns = (request.POST.getlist(name) for name in ("payee_name", "account_no", "bank_code", "relation", "share"))
    given = [
        actions.PayeeGiven(name, account_no, bank_code, relation, _millionths(share))
        for name, account_no, bank_code, relation, share in zip(*columns, strict=False)
        if name.strip()
    ]
    actions.propose_payees(claim=claim, payees=given, reason=request.POST.get("reason", ""), **common)
    return gettext("Proposed. A second person confirms who receives the money.")


def _millionths(percent: str) -> int:
    """ "33.3333" percent -> 333333 millionths. Raises DomainError shares_not_whole for anything else."""
    try:
        share = Decimal(percent.strip().rstrip("%")) * 10_000
    except InvalidOperation:
        raise errors.shares_not_whole() from None
    if not share.is_finite() or share != share.to_integral_value():
        raise errors.shares_not_whole()
    return int(share)


def _confirm_payees(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    actions.confirm_payees(claim=claim, **common)
    return gettext("Confirmed. These people receive the money.")


def _refuse_payees(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    actions.refuse_payees(claim=claim, reason=request.POST.get("reason", ""), **common)
    return gettext("Not confirmed. Nothing has changed.")


_VERBS: dict[str, Callable[[HttpRequest, Claim, dict[str, Any]], str]] = {
    "take": _take,
    "propose": _propose,
    "approve": _approve,
    "materials": _materials,
    "send_back": _send_back,
    "decline": _decline,
    "propose_payout": _propose_payout,
    "confirm_payout": _confirm_payout,
    "propose_payees": _propose_payees,
    "confirm_payees": _confirm_payees,
    "refuse_payees": _refuse_payees,
    **continuing.VERBS,
    **settling.VERBS,
}


def do(model_admin: Any, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Carry out one verb; a refusal shows the desk again with its sentence and its status."""
    page = reverse("admin:claims_claim_change", args=[pk])
    if request.method != "POST" or verb not in _VERBS or not model_admin.has_view_permission(request):
        return redirect(page)
    actor = actor_of(request)
    claim = selectors.desk_claim(actor, number_of(pk))
    try:
        done = _VERBS[verb](request, claim, {"seen": sent(request), "actor": actor, "now": clock.now()})
    except DomainError as error:
        return show(model_admin, request, pk, error=error)
    messages.success(request, done)
    return redirect(page)


# papers and checks -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperPage:
    """One page of one paper as components/documents.html shows it."""

    url: str
    name: str


def document_pages(claim: Claim) -> list[PaperPage]:
    shown = []
    for document in selectors.documents_of(claim):
        for page in range(1, document.pages + 1):
            part = f" {page}/{document.pages}" if document.pages > 1 else ""
            url = reverse("admin:claims_claim_paper_page", args=[document.pk, page])
            shown.append(PaperPage(url, f"{document.get_kind_display()}{part}"))
    return shown


@require_safe
def paper_page(request: HttpRequest, document_id: UUID, page: int) -> StreamingHttpResponse:
    return page_image(_desk_document(request, document_id), page)


@require_safe
def paper(request: HttpRequest, document_id: UUID) -> StreamingHttpResponse:
    return attachment(_desk_document(request, document_id))


def _desk_document(request: HttpRequest, document_id: UUID) -> ClaimDocument:
    """The route lets in the desk alone, so the owner's own way to a paper does not open here."""
    return selectors.document_for(actor_of(request), document_id)


@dataclass(frozen=True)
class EventRow:
    at: datetime
    what: str
    reason: str
    who: str


def event_row(event: ClaimEvent) -> EventRow:
    who = event.actor.display_name if event.actor else event.actor_label
    return EventRow(event.at, str(ClaimState(event.new_state).label), event.reason, who)


@dataclass(frozen=True)
class CheckRow:
    """kind: as status chips speak. todo: empty when the check passed."""

    label: str
    result: str
    kind: StateKind
    detail: str
    todo: str


_CHECK_KINDS: dict[str, StateKind] = {CheckResult.PASSED: "done", CheckResult.LOOK: "look", CheckResult.FAILED: "stop"}


def check_row(row: AutomaticCheck) -> CheckRow:
    check = checking.check_named(row.code)
    return CheckRow(
        label=str(check.label),
        result=str(CheckResult(row.result).label),
        kind=_CHECK_KINDS[row.result],
        detail=check.detail(row.evidence) if row.evidence else "",
        todo="" if row.result == CheckResult.PASSED else str(check.todo),
    )
