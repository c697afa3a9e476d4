"""Plan years and their documents, as pages and other rooms read them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from core.kept import Kept
from parties.models import Scheme
from products.errors import NoOpenPlanYear
from products.lifecycle import PUBLIC_PLAN_YEAR_STATES, PlanYearState
from products.models import PlanDocument, PlanYear


def _of(scheme: Scheme) -> QuerySet[PlanYear]:
    return PlanYear.objects.filter(scheme=scheme).select_related("scheme")


def _all_public(scheme: Scheme) -> tuple[PlanYear, ...]:
    return tuple(_of(scheme).filter(state__in=PUBLIC_PLAN_YEAR_STATES).order_by("-opens_at"))


# A few rows with the whole filed text in them, for every page of an order. What is published or closed shows after some
# seconds; whoever places an order looks at the row itself.
_public: Kept[Scheme, tuple[PlanYear, ...]] = Kept(_all_public, seconds=10)


def open_plan_year(scheme: Scheme, now: datetime) -> PlanYear | None:
    """The scheme's published plan year whose window contains `now`."""
    return next((year for year in _public(scheme) if year.is_open(now)), None)


def require_open_plan_year(scheme: Scheme, now: datetime) -> PlanYear:
    """Raises no_open_plan_year."""
    plan_year = open_plan_year(scheme, now)
    if plan_year is None:
        coming = _of(scheme).filter(state="published", opens_at__gt=now).order_by("opens_at").first()
        raise NoOpenPlanYear(coming.opens_at if coming else None)
    return plan_year


def current_plan_year(scheme: Scheme, now: datetime) -> PlanYear | None:
    """What the scheme's home page talks about: the open plan year, else the next to open, else the last published."""
    public = _public(scheme)
    to_come = [year for year in reversed(public) if year.state == PlanYearState.PUBLISHED and year.opens_at > now]
    return open_plan_year(scheme, now) or next(iter((*to_come, *public)), None)


def require_plan_year(scheme: Scheme, now: datetime) -> PlanYear:
    """The current plan year whatever its window: whoever claims on last year's policy also says who she is."""
    plan_year = current_plan_year(scheme, now)
    if plan_year is None:
        raise NoOpenPlanYear()
    return plan_year


# For pages about an order or a policy: what was sold does not change.
_by_id: Kept[int, PlanYear] = Kept(lambda pk: PlanYear.objects.select_related("scheme").get(pk=pk), seconds=10)


def plan_year_of(pk: int) -> PlanYear:
    """The plan year of this id, its state as of the last ten seconds."""
    return _by_id(pk)


def public_plan_year(code: str) -> PlanYear | None:
    years = PlanYear.objects.select_related("scheme")
    return years.filter(code=code, state__in=PUBLIC_PLAN_YEAR_STATES).first()


def newest_documents(plan_year: PlanYear) -> dict[str, PlanDocument]:
    """The newest version of each kind, asked for anew."""
    newest = plan_year.documents.order_by("kind", "-version").distinct("kind")
    return {document.kind: document for document in newest}


_documents: Kept[PlanYear, dict[str, PlanDocument]] = Kept(newest_documents, seconds=10)


def documents_of(plan_year: PlanYear) -> dict[str, PlanDocument]:
    """The newest version of each kind, ten seconds after it came at the latest. One query at most."""
    return dict(_documents(plan_year))
