"""Which ways into a plan year are open, as whoever makes policies asks it. The database has the last word."""

from __future__ import annotations

from datetime import datetime

from core.kept import Kept
from products.errors import TooFewPeople, WayNotOffered, WindowClosed
from products.models import OpenWay, PlanYear, Way


def _ways(plan_year_id: int) -> tuple[OpenWay, ...]:
    return tuple(OpenWay.objects.filter(plan_year=plan_year_id))


# Fixed once the plan year is filed; asked for by every order.
_kept: Kept[int, tuple[OpenWay, ...]] = Kept(_ways, seconds=60)


def ways_of(plan_year: PlanYear) -> tuple[OpenWay, ...]:
    return _kept(plan_year.pk)


def require_open_way(plan_year: PlanYear, way: Way, *, now: datetime, people: int | None = None) -> OpenWay:
    """people: how many come together, where that is known. Raises window_closed (the plan year is not published, or the
    way not open now), way_not_offered, too_few_people."""
    found = next((one for one in ways_of(plan_year) if one.way == way), None)
    if found is None:
        raise WayNotOffered()
    if not plan_year.is_published or not found.opens_at <= now < found.closes_at:
        raise WindowClosed(found)
    if people is not None and people < found.least_people:
        raise TooFewPeople(found.least_people)
    return found
