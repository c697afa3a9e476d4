"""Filing a claim on a phone: whose, which treatment, papers, account, check, hand in. Each page asks one thing."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from claims import actions, pages, questions, selectors, shown, stays
from claims import errors as claim_errors
from claims.documents import errors as file_errors
from claims.documents.quarantine import arrived_files
from claims.forms import ChoosePolicyForm, ChooseStaysForm, IncidentForm, PayeeForm
from claims.lifecycle import ClaimState
from claims.models import Claim, FetchState
from claims.stays import StayNumbers
from claims.views._request import takes_files
from claims.views.following import claim_page
from core import clock
from core.access import actor_of, requires
from core.errors import Conflict, DomainError
from core.identifiers import card_looks_wrong
from core.seen import sent
from enrollment import selectors as enrollment
from enrollment.models import Policy
from look.forms import refuse
from work.submissions import submit_once


@requires("claims.file", owner="policy")
@require_http_methods(["GET", "POST"])
def choose_policy(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    policies = enrollment.claimable_policies(actor, today=today)
    by_others = {policy.insured_id: policy for policy in enrollment.policies_claimed_by_others(actor, today=today)}
    choices = [(policy.number, pages.policy_title(policy)) for policy in policies]
    hints = {policy.number: pages.policy_hint(policy) for policy in policies}
    form = ChoosePolicyForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        return redirect("claims:choose_stay", policy_number=form.cleaned_data["policy"])
    context = {"form": form, "hints": hints, "policies": policies, "by_others": list(by_others.values())}
    return render(request, "claims/choose_policy.html", context)


# How often the page looks whether a worker has the answer by now.
LOOK_AGAIN_SECONDS = 3


@requires("claims.file", owner="policy")
@require_http_methods(["GET", "POST"])
@submit_once("claims.start_claim")
def choose_stay(request: HttpRequest, policy_number: str) -> HttpResponse:
    """Amounts come from the national platform both when listing and when starting; the form names stays by number."""
    actor, now = actor_of(request), clock.now()
    policy = enrollment.policy_for_claim(actor, policy_number)

    def start(wanted: list[StayNumbers]) -> Claim | None:
        return actions.start_claim(policy=policy, stays=wanted, actor=actor, now=now)

    return _choose(request, policy, start)


@requires("claims.file", owner="claim")
@require_http_methods(["GET", "POST"])
@submit_once("claims.add_bills")
def bills(request: HttpRequest, number: str) -> HttpResponse:
    """More bills for a claim that is not handed in yet."""
    actor, now = actor_of(request), clock.now()
    claim = selectors.claim_for(actor, number)
    if claim.state != ClaimState.DRAFT:
        return redirect("claims:claim", number=number)

    def add(wanted: list[StayNumbers]) -> Claim | None:
        return actions.add_bills(claim=claim, stays=wanted, actor=actor, now=now)

    return _choose(request, claim.policy, add, into=claim)


def _choose(
    request: HttpRequest,
    policy: Policy,
    carry_out: Callable[[list[StayNumbers]], Claim | None],
    *,
    into: Claim | None = None,
) -> HttpResponse:
    """The list of stays, and what becomes of those that were ticked."""
    chosen = request.POST.getlist("stays")
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            claim = carry_out([StayNumbers.parse(value) for value in chosen])
            if claim is None:
                return redirect("claims:fetching", policy_number=policy.number)
            return redirect("claims:claim", number=claim.number)
        except DomainError as error:
            problem = error
    found = actions.look_up_stays(policy=policy, actor=actor_of(request), now=clock.now())
    frame = {**pages.product(policy), "policy": policy, "into": into}
    if found is None:
        return look_again(render(request, "claims/stays_awaited.html", frame))
    listed = stays.claimable(found, policy, into=into)
    choices = [(str(stay.numbers), pages.stay_title(stay)) for stay in listed]
    context = {
        **frame,
        "form": ChooseStaysForm(initial={"stays": chosen}, choices=choices),
        "stays": listed,
        "hints": {str(stay.numbers): pages.stay_hint(stay) for stay in listed},
        "others": 0 if into else len(found) - len(listed),
        "page_errors": [(str(problem), "#id_stays_0")] if problem else [],
    }
    return render(request, "claims/choose_stay.html", context, status=problem.status if problem else 200)


def look_again(response: HttpResponse) -> HttpResponse:
    response["Refresh"] = str(LOOK_AGAIN_SECONDS)  # a browser without scripts looks again too
    return response


@requires("claims.file", owner="policy")
@require_http_methods(["GET", "POST"])
def fetching(request: HttpRequest, policy_number: str) -> HttpResponse:
    """How far a worker is with the chosen bills; then the claim. A POST tries again after silence."""
    actor = actor_of(request)
    policy = enrollment.policy_for_claim(actor, policy_number)
    if request.method == "POST":
        actions.fetch_again(policy=policy, actor=actor, now=clock.now())
        return redirect("claims:fetching", policy_number=policy_number)
    fetch = selectors.fetch_of(actor, policy)
    if fetch is None:
        return redirect("claims:choose_stay", policy_number=policy_number)
    if fetch.claim is not None:
        return redirect("claims:claim", number=fetch.claim.number)
    context = {**pages.product(policy), "policy": policy, "fetch": fetch, "total": len(fetch.stays)}
    refusal = pages.refusal_of(fetch)
    if refusal is None:
        return look_again(render(request, "claims/bills_awaited.html", context))
    context |= {"refusal": refusal, "silent": fetch.state == FetchState.SILENT}
    return render(request, "claims/bills_refused.html", context, status=refusal.status)


@requires("claims.file", owner="claim")
@require_http_methods(["GET", "POST"])
def what_happened(request: HttpRequest, number: str) -> HttpResponse:
    """The questions that the claim is asked; when an answer brings others, they follow on the same page."""
    actor = actor_of(request)
    claim = selectors.claim_for(actor, number)
    known = questions.answers_of(claim)
    asked = questions.asked(claim, known)
    if not claim.is_editable or not asked:
        return redirect("claims:claim", number=number)
    if request.method == "POST":  # what is asked no more after these answers is not needed either
        after = questions.asked(claim, {**known, **request.POST.dict()})
        asked = [question for question in asked if question in after]
    form = IncidentForm(request.POST or None, questions=asked, initial=known)
    status = 200 if request.method == "GET" else 400
    if request.method == "POST" and form.is_valid():
        try:
            claim = actions.answer_questions(claim=claim, answers=form.cleaned_data, actor=actor, now=clock.now())
            if questions.unanswered(claim):
                return redirect("claims:what_happened", number=number)
            return redirect("claims:papers" if selectors.checklist_of(claim).missing else "claims:claim", number=number)
        except DomainError as error:
            refuse(form, error)
            status = error.status
    context = {"claim": claim, "form": form, **pages.product(claim.policy)}
    return render(request, "claims/what_happened.html", context, status=status)


def _may_add(request: HttpRequest, number: str) -> None:
    """Her own claim, and one that still takes papers. Raises claim_not_found, claim_not_editable."""
    if not selectors.claim_for(actor_of(request), number).is_editable:
        raise claim_errors.not_editable()


@requires("claims.file", owner="claim")
@require_http_methods(["GET", "POST"])
@takes_files(door=_may_add)
def papers(request: HttpRequest, number: str) -> HttpResponse:
    claim = selectors.claim_for(actor_of(request), number)
    problems: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        problems, status = _add_all(request, claim, kind)
        if not problems:
            return redirect(f"{pages.papers_url(claim)}#{kind}")
    elif not claim.is_editable:
        return redirect("claims:claim", number=number)
    context = {"claim": claim, "sections": pages.paper_sections(claim), "page_errors": problems}
    context |= pages.product(claim.policy)
    return render(request, "claims/papers.html", context, status=status)


def _add_all(request: HttpRequest, claim: Claim, kind: str) -> tuple[list[tuple[str, str]], int]:
    """Add every file that came; (sentences for those refused, linked to their field, and the HTTP status)."""
    actor, now = actor_of(request), clock.now()
    anchor = f"#{kind}" if kind.isupper() else ""
    files = arrived_files(request)
    if not files:
        error = file_errors.none_chosen()
        return [(str(error), anchor)], error.status
    problems, status = [], 200
    for upload in files:
        try:
            actions.add_document(claim=claim, kind=kind, upload=upload, actor=actor, now=now)
        except DomainError as error:
            problems.append((_("%(file)s: %(problem)s") % {"file": upload.name, "problem": error}, anchor))
            status = error.status
    return problems, status


@requires("claims.file", owner="claim")
@require_POST
def remove_paper(request: HttpRequest, number: str, document_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    claim = selectors.claim_for(actor, number)
    document = next((d for d in selectors.uploads_of(claim) if d.pk == document_id), None)
    if document is not None:
        actions.remove_document(document=document, actor=actor, now=clock.now())
    return redirect("claims:papers", number=number)


@requires("claims.file", owner="claim")
@require_http_methods(["GET", "POST"])
def payee(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    claim = selectors.claim_for(actor, number)
    names = selectors.allowed_payee_names(claim, actor=actor, today=clock.today())
    # The number is never shown again in full: whoever changes it types it anew.
    payee_now = next(iter(claim.live_payees), None)
    initial = {
        "payee_name": payee_now.name if payee_now else names[0],
        "bank_code": payee_now.bank_code if payee_now else "",
    }
    form = PayeeForm(request.POST or None, names=names, initial=initial)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if card_looks_wrong(data["account_no"]) and not data["number_compared"]:
            form.ask_to_compare = True
            form.add_error(
                "account_no", _("The number looks unusual: one digit may be wrong. Please compare it with the card.")
            )
        else:
            try:
                actions.set_payee(
                    claim=claim,
                    seen=sent(request),
                    payee_name=data["payee_name"],
                    account_no=data["account_no"],
                    bank_code=data["bank_code"],
                    actor=actor,
                    now=clock.now(),
                )
                return redirect("claims:claim", number=number)
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                status = error.status
    elif request.method == "GET" and not claim.is_payee_editable:
        return redirect("claims:claim", number=number)
    if request.method == "POST":
        claim.refresh_from_db()
    context = {"claim": claim, "form": form, "seen": shown.own_version(claim), **pages.product(claim.policy)}
    return render(request, "claims/payee.html", context, status=status)


@requires("claims.file", owner="claim")
@require_http_methods(["GET", "POST"])
@submit_once("claims.submit_claim")
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Everything on one page before it is handed in; also the way to hand in what was asked for."""
    actor = actor_of(request)
    claim = selectors.claim_for(actor, number)
    errors: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        hand_in = actions.hand_in_materials if claim.state == ClaimState.MATERIALS_REQUESTED else actions.submit_claim
        try:
            hand_in(claim=claim, seen=sent(request), actor=actor, now=clock.now())
            messages.success(request, _("Handed in. We will send you a message."))
            return redirect("claims:claim", number=number)
        except DomainError as error:
            errors, status = [(str(error), "")], error.status
    elif not claim.is_editable:
        return redirect("claims:claim", number=number)
    if request.method == "POST":
        claim.refresh_from_db()
    context = {
        **pages.product(claim.policy),
        "claim": claim,
        "said": questions.said(claim),
        "unanswered": questions.unanswered(claim),
        "checklist": selectors.checklist_of(claim),
        "payees": [(payee.name, pages.account(payee)) for payee in claim.live_payees],
        **pages.bills_of(claim),
        "page_errors": errors,
        "seen": shown.own_version(claim),
    }
    return render(request, "claims/check.html", context, status=status)


@requires("claims.file", owner="claim")
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    claim = selectors.claim_for(actor, number)
    try:
        actions.withdraw_claim(claim=claim, seen=sent(request), actor=actor, now=clock.now())
    except Conflict as error:
        messages.error(request, str(error))
        return claim_page(request, selectors.claim_for(actor, number), status=error.status)
    messages.success(request, _("The claim was given up. Nothing of it is used."))
    return redirect("claims:index")
