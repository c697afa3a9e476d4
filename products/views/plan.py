"""The published plan and its documents: what anybody can read before deciding."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core import clock
from core.access import public
from look.phrases import last_day
from products import plan_terms
from products.models import PlanYear, Way
from products.plans import lists_on
from products.selectors import documents_of, public_plan_year
from products.texts import to_html
from products.texts.reading import what_it_counts
from products.ways import ways_of
from products.words import cover_words, way_words

# By which people come in of themselves; partners' systems and what was taken over are nobody's to choose.
SHOWN_WAYS = (Way.RESIDENT, Way.EMPLOYER, Way.SPONSOR, Way.SCHOOL, Way.COUNTER)


@public
@require_safe
def read_plan(request: HttpRequest, code: str) -> HttpResponse:
    """What is covered and how it is computed, price, window, insurers, and the documents with their digests."""
    plan_year = _public(code)
    terms = plan_terms.terms_of(plan_year)
    return render(
        request,
        "products/plan.html",
        {
            "plan_year": plan_year,
            "terms": terms,
            "responsibilities": [(row, what_it_counts(plan_year, row.key)) for row in terms.responsibilities],
            "documents": documents_of(plan_year).values(),
            "lists": lists_on(plan_year, _list_day(plan_year)),
            "ways": [(Way(way.way).label, way_words(way)) for way in ways_of(plan_year) if way.way in SHOWN_WAYS],
            "cover": cover_words(plan_year),
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


@public
@require_safe
def read_list(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """A filed list as it is in force today, or on the first day of cover while that is still to come."""
    plan_year = _public(code)
    found = next((one for one in lists_on(plan_year, _list_day(plan_year)) if one.filed_list.key == key), None)
    if found is None:
        raise Http404
    context = {"plan_year": plan_year, "version": found, "items": found.items.all()}
    return render(request, "products/list.html", context)


def _list_day(plan_year: PlanYear) -> date:
    """Today, as far as it is within the cover."""
    return min(max(clock.today(), plan_year.cover_from), last_day(plan_year.cover_to))


def _public(code: str) -> PlanYear:
    plan_year = public_plan_year(code)
    if plan_year is None:
        raise Http404
    return plan_year
