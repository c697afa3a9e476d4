"""Who carries a plan year on a day, as pages and claims ask it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from parties.models import Insurer
from products.errors import NoLeadInsurer
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
    raise NoLeadInsurer(plan_year=plan_year.code, area=area)
