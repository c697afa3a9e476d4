"""Plan years and their documents, as pages and other rooms read them."""

from __future__ import annotations

from datetime import datetime

from products.errors import NoOpenPlanYear
from products.lifecycle import PUBLIC_PLAN_YEAR_STATES
from products.models import PlanDocument, PlanYear


def open_plan_year(now: datetime) -> PlanYear | None:
    """The published plan year whose window contains `now`."""
    return (
        PlanYear.objects.filter(state="published", opens_at__lte=now, closes_at__gt=now).order_by("-opens_at").first()
    )


def require_open_plan_year(now: datetime) -> PlanYear:
    """Raises no_open_plan_year."""
    plan_year = open_plan_year(now)
    if plan_year is None:
        raise NoOpenPlanYear()
    return plan_year


def current_plan_year(now: datetime) -> PlanYear | None:
    """What the home page talks about: the open plan year, else the next to open, else the last one published."""
    public = PlanYear.objects.filter(state__in=PUBLIC_PLAN_YEAR_STATES)
    return (
        open_plan_year(now)
        or public.filter(state="published", opens_at__gt=now).order_by("opens_at").first()
        or public.order_by("-opens_at").first()
    )


def require_plan_year(now: datetime) -> PlanYear:
    """The current plan year whatever its window: whoever claims on last year's policy also says who she is."""
    plan_year = current_plan_year(now)
    if plan_year is None:
        raise NoOpenPlanYear()
    return plan_year


def public_plan_year(code: str) -> PlanYear | None:
    return PlanYear.objects.filter(code=code, state__in=PUBLIC_PLAN_YEAR_STATES).first()


def documents_of(plan_year: PlanYear) -> dict[str, PlanDocument]:
    """The newest version of each kind. One query."""
    newest = plan_year.documents.order_by("kind", "-version").distinct("kind")
    return {document.kind: document for document in newest}
