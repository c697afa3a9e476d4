"""Plan years and their documents, as pages and other rooms read them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from parties.models import Scheme
from products.errors import NoOpenPlanYear
from products.lifecycle import PUBLIC_PLAN_YEAR_STATES
from products.models import PlanDocument, PlanYear


def _of(scheme: Scheme) -> QuerySet[PlanYear]:
    return PlanYear.objects.filter(scheme=scheme).select_related("scheme")


def open_plan_year(scheme: Scheme, now: datetime) -> PlanYear | None:
    """The scheme's published plan year whose window contains `now`."""
    published = _of(scheme).filter(state="published")
    return published.filter(opens_at__lte=now, closes_at__gt=now).order_by("-opens_at").first()


def require_open_plan_year(scheme: Scheme, now: datetime) -> PlanYear:
    """Raises no_open_plan_year."""
    plan_year = open_plan_year(scheme, now)
    if plan_year is None:
        raise NoOpenPlanYear()
    return plan_year


def current_plan_year(scheme: Scheme, now: datetime) -> PlanYear | None:
    """What the scheme's home page talks about: the open plan year, else the next to open, else the last published."""
    public = _of(scheme).filter(state__in=PUBLIC_PLAN_YEAR_STATES)
    return (
        open_plan_year(scheme, now)
        or public.filter(state="published", opens_at__gt=now).order_by("opens_at").first()
        or public.order_by("-opens_at").first()
    )


def require_plan_year(scheme: Scheme, now: datetime) -> PlanYear:
    """The current plan year whatever its window: whoever claims on last year's policy also says who she is."""
    plan_year = current_plan_year(scheme, now)
    if plan_year is None:
        raise NoOpenPlanYear()
    return plan_year


def public_plan_year(code: str) -> PlanYear | None:
    years = PlanYear.objects.select_related("scheme")
    return years.filter(code=code, state__in=PUBLIC_PLAN_YEAR_STATES).first()


def documents_of(plan_year: PlanYear) -> dict[str, PlanDocument]:
    """The newest version of each kind. One query."""
    newest = plan_year.documents.order_by("kind", "-version").distinct("kind")
    return {document.kind: document for document in newest}
