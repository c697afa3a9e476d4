"""My policies: the folder, one policy, its certificate, giving it back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.access import actor_of, requires
from core.clock import midnight
from core.errors import DomainError
from core.seen import sent
from enrollment import actions, selectors, shown
from enrollment import certificate as certificates
from enrollment.lifecycle import PolicyState
from enrollment.models import Policy
from products import plan_terms
from products.words import cover_words
from work.submissions import submit_once


@requires("enrollment.read_own", owner="policy")
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Everything bought or owned, newest cover first."""
    actor = actor_of(request)
    rows = [
        (policy, selectors.relation_to(actor, policy), cover_words(policy)) for policy in selectors.policies_of(actor)
    ]
    return render(request, "enrollment/policies.html", {"rows": rows, "waiting": selectors.open_orders_of(actor)})


@requires("enrollment.read_own", owner="policy")
@require_safe
def policy(request: HttpRequest, number: str) -> HttpResponse:
    found = selectors.policy_for(actor_of(request), number)
    context = {
        "policy": found,
        "terms": plan_terms.terms_of(found.plan_year),
        "cover": cover_words(found),
        "may_surrender": _may_surrender(request, found),
    }
    return render(request, "enrollment/policy.html", context)


def _may_surrender(request: HttpRequest, found: Policy) -> bool:
    return (
        found.state == PolicyState.ISSUED
        and selectors.holds(actor_of(request), found)
        and clock.now() < midnight(found.cover_from)
    )


@requires("enrollment.read_own", owner="policy")
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate as PDF, in the reader's language; drawn when first asked for."""
    found = selectors.policy_for(actor_of(request), number)
    lang = "en" if (get_language() or "").startswith("en") else "zh-CN"
    pdf = certificates.certificate_pdf(found, lang=lang, now=clock.now())
    headers = {"Content-Disposition": content_disposition_header(False, f"{found.number}.pdf") or "inline"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@requires("enrollment.enrol", owner="policy")
@require_http_methods(["GET", "POST"])
@submit_once("enrollment.surrender_policy")
def surrender(request: HttpRequest, number: str) -> HttpResponse:
    """Give a policy back before cover begins, for the whole price."""
    actor = actor_of(request)
    found = selectors.policy_for(actor, number)
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            actions.surrender_policy(policy=found, seen=sent(request), actor=actor, now=clock.now())
            return redirect("enrollment:policy", found.number)
        except DomainError as error:
            problem = error
            found = selectors.policy_for(actor, number)
    elif not _may_surrender(request, found):
        return redirect("enrollment:policy", found.number)
    context = {
        "policy": found,
        "seen": shown.policy_version(found),
        "problem": str(problem or ""),
        "cover": cover_words(found),
    }
    return render(request, "enrollment/surrender.html", context, status=problem.status if problem else 200)
