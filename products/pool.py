"""Who carries a plan year on a day, as pages and claims ask it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q

from core.kept import Kept
from parties.models import Insurer
from products.errors import NoLeadInsurer

if TYPE_CHECKING:
    from products.models import PlanYear, PoolShare


def shares_on(plan_year: PlanYear, day: date, *, area: str = "") -> list[PoolShare]:
    """The shares of an area (platform's code; "": the whole scheme) on a day, the leading insurer first. One query.

    The rows of the longest matching area count: where a district has insurers of its own, they carry it.
    """
    areas = [area[:length] for length in range(len(area) + 1)]
    rows = plan_year.shares.filter(Q(to_on__isnull=True) | Q(to_on__gt=day), area__in=areas, from_on__lte=day)
    found = sorted(rows.select_related("insurer"), key=lambda share: (not share.leads, share.pk))
    longest = max((len(share.area) for share in found), default=0)
    return [share for share in found if len(share.area) == longest]


def lead_insurer(plan_year: PlanYear, day: date, *, area: str = "") -> Insurer:
    """Who leads there on that day. Raises NoLeadInsurer."""
    for share in shares_on(plan_year, day, area=area):
        if share.leads:
            return share.insurer
    raise NoLeadInsurer(plan_year=plan_year.code, area=area, day=day)


def _insurers(key: tuple[int, date]) -> tuple[Insurer, ...]:
    plan_year_id, day = key
    carrying = Insurer.objects.filter(
        Q(shares__to_on__isnull=True) | Q(shares__to_on__gt=day),
        shares__plan_year=plan_year_id,
        shares__from_on__lte=day,
    )
    return tuple(dict.fromkeys(carrying.order_by("-shares__leads", "shares__pk")))


# On every page's footer.
_kept: Kept[tuple[int, date], tuple[Insurer, ...]] = Kept(_insurers, seconds=60)


def insurers_of(plan_year: PlanYear) -> tuple[Insurer, ...]:
    """All who carry some part of it when cover begins, each once, leading ones first."""
    return _kept((plan_year.pk, plan_year.cover_from))
