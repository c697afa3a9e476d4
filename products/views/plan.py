"""The published plan and its documents: what anybody can read before deciding."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.access import public
from products import plan_terms
from products.models import PlanYear
from products.selectors import documents_of, public_plan_year
from products.texts import to_html
from products.words import cover_words, window_words


@public
@require_safe
def read_plan(request: HttpRequest, code: str) -> HttpResponse:
    """What is covered and how it is computed, price, window, insurers, and the documents with their digests."""
    plan_year = _public(code)
    return render(
        request,
        "products/plan.html",
        {
            "plan_year": plan_year,
            "terms": plan_terms.terms_of(plan_year),
            "documents": documents_of(plan_year).values(),
            "cover": cover_words(plan_year),
            "window": window_words(plan_year),
            "is_open": plan_year.is_open(clock.now()),
        },
    )


@public
@require_safe
def read_document(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """One published document, with version and digest."""
    plan_year = _public(code)
    document = documents_of(plan_year).get(kind)
    if document is None:
        raise Http404
    context = {"plan_year": plan_year, "document": document, "body": to_html(document.body)}
    return render(request, "products/document.html", context)


def _public(code: str) -> PlanYear:
    plan_year = public_plan_year(code)
    if plan_year is None:
        raise Http404
    return plan_year
