"""The insurers on a plan year's pages, kept for a minute: they stand in every footer."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from core.kept import Kept
from parties.models import Insurer


def _insurers(key: tuple[int, date]) -> tuple[Insurer, ...]:
    plan_year_id, day = key
    carrying = Insurer.objects.filter(
        Q(shares__to_on__isnull=True) | Q(shares__to_on__gt=day),
        shares__plan_year=plan_year_id,
        shares__from_on__lte=day,
    )
    return tuple(dict.fromkeys(carrying.order_by("-shares__leads", "shares__pk")))


_kept: Kept[tuple[int, date], tuple[Insurer, ...]] = Kept(_insurers, seconds=60)


def insurers_on(plan_year_id: int, day: date, *, may_change: bool) -> tuple[Insurer, ...]:
    """All who carry some part of it on that day, each once, leading ones first.

    may_change: their shares are still being set, so that nothing is kept: a text made a moment later has to name them.
    """
    return _insurers((plan_year_id, day)) if may_change else _kept((plan_year_id, day))
