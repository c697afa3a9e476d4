"""The desk registers a claim that does not come by the site: what it was told, whose it is, which treatment (C2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from claims import actions, errors, pages, selectors, stays
from claims.admin import continuing, desk
from claims.admin.desk import number_of
from claims.documents import errors as file_errors
from claims.documents.quarantine import arrived_files
from claims.forms import ChooseStaysForm, CloseReportForm, ReportForm
from claims.lifecycle import ClaimState
from claims.models import Claim, FetchState
from claims.stays import StayNumbers
from claims.views.filing import look_again
from core import clock
from core.access import actor_of
from core.errors import DomainError
from enrollment.models import Policy
from look.forms import refuse
from work.submissions import submit_once


def _frame(model_admin: Any, request: HttpRequest) -> dict[str, Any]:
    return {**model_admin.admin_site.each_context(request), "opts": model_admin.opts}


@require_http_methods(["GET", "POST"])
@submit_once("claims.report_claim")
def register(request: HttpRequest, *, model_admin: Any) -> HttpResponse:
    """What was told, and by whom; the policy is found by name, number and day. Then the reports that still wait."""
    actor = actor_of(request)
    form = ReportForm(request.POST or None)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = selectors.policies_to_report_on(
            actor, name=data["name"], id_number=data["id_number"], day=data["began_on"]
        )
        chosen = [policy for policy in found if len(found) == 1 or policy.number == data["policy"]]
        try:
            if not found:
                raise errors.nobody_insured()
            if chosen:
                report = actions.report_claim(
                    policy=chosen[0],
                    **{name: data[name] for name in ("began_on", "way", "reported_by", "contact", "what_happened")},
                    actor=actor,
                    now=clock.now(),
                )
                return redirect("admin:claims_claim_register_stays", report.pk)
            form.ask_which([(policy.number, pages.policy_hint(policy)) for policy in found])
        except DomainError as error:
            refuse(form, error)
            status = error.status
    context = {**_frame(model_admin, request), "form": form, "reports": selectors.open_reports(actor)}
    return TemplateResponse(request, "claims/desk/register.html", context, status=status)


@require_http_methods(["GET", "POST"])
@submit_once("claims.register_claim")
def register_stays(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    """Which of the insured's treatments the report is about; or nothing comes of it."""
    actor, now = actor_of(request), clock.now()
    report = selectors.report_for(actor, pk)
    if report.claim is not None:
        return redirect("admin:claims_claim_change", report.claim.pk)
    form = CloseReportForm(request.POST if "close" in request.POST else None)
    if form.is_valid():
        try:
            actions.close_report(report=report, because=form.cleaned_data["because"], actor=actor, now=now)
            return redirect("admin:claims_claim_register")
        except DomainError as error:
            refuse(form, error)
    if report.closed_at is not None or form.is_bound:
        context = {**_frame(model_admin, request), "report": report, "policy": report.policy, "closing": form}
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, "claims/desk/register_stays.html", context, status=status)

    def begin(wanted: list[StayNumbers]) -> Claim | None:
        return actions.register_claim(report=report, stays=wanted, actor=actor, now=now)

    context = {**_frame(model_admin, request), "report": report, "closing": form}
    return _choose(request, report.policy, begin, context)


@require_http_methods(["GET", "POST"])
@submit_once("claims.add_bills")
def more_bills(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    """More bills for a claim that was registered and not handed in yet."""
    actor, now = actor_of(request), clock.now()
    claim = selectors.desk_claim(actor, number_of(pk))
    if claim.state != ClaimState.DRAFT:
        return redirect("admin:claims_claim_change", pk)

    def add(wanted: list[StayNumbers]) -> Claim | None:
        return actions.add_bills(claim=claim, stays=wanted, actor=actor, now=now)

    context = {**_frame(model_admin, request), "claim": claim}
    return _choose(request, claim.policy, add, context, into=claim)


def may_add(request: HttpRequest, pk: int) -> None:
    """Asked at the edge before a paper is read. Raises claim_not_found, claim_not_editable."""
    actor = actor_of(request)
    if not continuing.continues(selectors.desk_claim(actor, number_of(pk)), actor):
        raise errors.not_editable()


def add_papers(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    """The files of one form; the first that is refused is said on the page."""
    actor, now = actor_of(request), clock.now()
    claim = selectors.desk_claim(actor, number_of(pk))
    kind = request.POST.get("kind", "")  # with the form the files have come
    try:
        files = arrived_files(request)
        if not files:
            raise file_errors.none_chosen()
        for upload in files:
            actions.add_document(claim=claim, kind=kind, upload=upload, actor=actor, now=now)
    except DomainError as error:
        return desk.show(model_admin, request, pk, error=error)
    return redirect(f"{reverse('admin:claims_claim_change', args=[pk])}#continue")


def _choose(
    request: HttpRequest,
    policy: Policy,
    carry_out: Callable[[list[StayNumbers]], Claim | None],
    context: dict[str, Any],
    *,
    into: Claim | None = None,
) -> HttpResponse:
    chosen = request.POST.getlist("stays")
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            claim = carry_out([StayNumbers.parse(value) for value in chosen])
            if claim is None:
                return redirect("admin:claims_claim_fetching", policy.number)
            return redirect("admin:claims_claim_change", claim.pk)
        except DomainError as error:
            problem = error
    found = actions.look_up_stays(policy=policy, actor=actor_of(request), now=clock.now())
    context |= {"policy": policy, "into": into, "waits": found is None, "error": problem}
    if found is None:
        return look_again(TemplateResponse(request, "claims/desk/register_stays.html", context))
    listed = stays.claimable(found, policy, into=into)
    context |= {
        "form": ChooseStaysForm(
            initial={"stays": chosen}, choices=[(str(stay.numbers), pages.stay_title(stay)) for stay in listed]
        ),
        "stays": listed,
        "hints": {str(stay.numbers): pages.stay_hint(stay) for stay in listed},
    }
    status = problem.status if problem else 200
    return TemplateResponse(request, "claims/desk/register_stays.html", context, status=status)


@require_http_methods(["GET", "POST"])
def fetching(request: HttpRequest, policy_number: str, *, model_admin: Any) -> HttpResponse:
    """How far a worker is with the bills that this colleague chose; then the claim at the desk."""
    actor = actor_of(request)
    fetch = selectors.fetch_for(actor, policy_number)
    if request.method == "POST":
        actions.fetch_again(policy=fetch.policy, actor=actor, now=clock.now())
        return redirect("admin:claims_claim_fetching", policy_number)
    if fetch.claim is not None:
        return redirect("admin:claims_claim_change", fetch.claim.pk)
    refusal = pages.refusal_of(fetch)
    back = (
        reverse("admin:claims_claim_bills", args=[fetch.into_id])
        if fetch.into_id
        else reverse("admin:claims_claim_register_stays", args=[fetch.report_id])
    )
    context = {
        **_frame(model_admin, request),
        "policy": fetch.policy,
        "fetch": fetch,
        "total": len(fetch.stays),
        "error": refusal,
        "silent": fetch.state == FetchState.SILENT,
        "back": back,
    }
    response = TemplateResponse(
        request, "claims/desk/fetching.html", context, status=refusal.status if refusal else 200
    )
    return response if refusal else look_again(response)
