from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, DomainError
from products.lifecycle import PlanYearState
from products.models import OpenWay, PlanYear, Way, WhoPays


@dataclass(frozen=True, slots=True)
class WayIn:
    """opens_at, closes_at: the plan year's own window where nothing is said."""

    way: Way
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    least_people: int = 1
    paid_by: WhoPays = WhoPays.POLICYHOLDER


@transaction.atomic
def open_ways(*, plan_year: PlanYear, ways: Sequence[WayIn], actor: Actor, now: datetime) -> list[OpenWay]:
    """By which ways policies of a plan year in DRAFT may come; takes the place of what was said before.

    Residents' window is the plan year's own, which is what its pages and papers say. Raises plan_year_fixed,
    ways_missing (none), way_twice, way_window. Source: Sanmenxia 五(一).
    """
    actor.require("enrollment.operate", plan_year)
    locked = PlanYear.objects.select_for_update().get(pk=plan_year.pk)
    if locked.state != PlanYearState.DRAFT:
        raise Conflict("plan_year_fixed", _("The plan year was already sent on. Take it back to draft first."))
    if not ways:
        raise DomainError("ways_missing", _("Please say by which ways people may enrol."), field="ways")
    if len({one.way for one in ways}) < len(ways):
        raise DomainError("way_twice", _("Each way has one window in a plan year."), field="ways")
    rows = [
        OpenWay(
            plan_year=locked,
            way=one.way,
            opens_at=one.opens_at or locked.opens_at,
            closes_at=one.closes_at or locked.closes_at,
            least_people=one.least_people,
            paid_by=one.paid_by,
        )
        for one in ways
    ]
    main = (locked.opens_at, locked.closes_at)
    for row in rows:
        if row.opens_at >= row.closes_at:
            raise DomainError("way_window", _("A way in closes after it opens."), field="ways")
        if row.way == Way.RESIDENT and (row.opens_at, row.closes_at) != main:
            raise DomainError("way_window", _("Residents enrol in the plan year's own window."), field="ways")
    locked.ways.all().delete()
    return OpenWay.objects.bulk_create(rows)
