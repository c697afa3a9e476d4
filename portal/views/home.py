"""The front page: what the product is, what it costs, and what to do next. Figures are counted, never claimed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from core import clock
from core.access import actor_of, public
from core.clock import civil_date
from core.money import format_yuan
from enrollment import selectors
from look.components import KeyValue
from look.phrases import day, last_day
from parties.addresses import link_to
from parties.middleware import scheme_or_none
from parties.selectors import schemes_to_choose
from payments import money_accounts
from people.selectors import person_of
from products import plan_terms
from products.models import PlanYear
from products.selectors import current_plan_year


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    scheme = scheme_or_none(request)
    if scheme is None:
        choice = [(found, link_to(found)) for found in schemes_to_choose(civil_date(now))]
        return render(request, "portal/schemes.html", {"schemes": choice})
    plan_year = current_plan_year(scheme, now)
    context: dict[str, Any] = {"plan_year": plan_year}
    if plan_year is not None:
        count = selectors.insured_count(plan_year)
        chip, chip_kind = _window_chip(plan_year)
        context |= {
            "is_open": plan_year.is_open(now),
            "chip": chip,
            "chip_kind": chip_kind,
            "price": format_yuan(plan_year.premium_fen).removesuffix(".00"),
            "facts": _facts(plan_year),
            "insured_count": count,
            "insured_shown": f"{count:,}",
            "insurers": plan_year.insurer_names,
            "has_person": person_of(actor_of(request)) is not None,
        }
    return render(request, "portal/home.html", context)


def _window_chip(plan_year: PlanYear) -> tuple[str, str]:
    """When one can enrol, in one line: open until, opens on, or closed since. The last day is inside the window."""
    now = clock.now()
    if plan_year.is_open(now):
        last = date_format(last_day(civil_date(plan_year.closes_at)), pgettext("date without year", "F j"))
        return _("Enrolment open until %(day)s") % {"day": last}, "now"
    if now < plan_year.opens_at:
        opens = civil_date(plan_year.opens_at)
        return _("Enrolment opens on %(day)s") % {"day": day(opens)}, "plain"
    return _("Enrolment for %(year)s has ended") % {"year": plan_year.cover_from.year}, "plain"


def _facts(plan_year: PlanYear) -> list[KeyValue]:
    terms = plan_terms.terms_of(plan_year)
    ways_to_pay = money_accounts.offered(plan_year.scheme_id, on=civil_date(clock.now()))
    amounts = [
        KeyValue(_("At most in all"), terms.highest, "strong"),
        KeyValue(_("Yearly deductible"), terms.deductible, "strong"),
    ]
    return [
        *(amounts if terms.responsibilities else []),
        KeyValue(_("How to pay"), " · ".join(str(channel.label) for channel in ways_to_pay)),
        KeyValue(_("Insured by"), _insured_by(plan_year)),
    ]


def _insured_by(plan_year: PlanYear) -> str:
    lead, *others = plan_year.insurer_names
    return ngettext("%(lead)s and %(count)s other", "%(lead)s and %(count)s others", len(others)) % {
        "lead": lead,
        "count": len(others),
    }
