from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count

from core.clock import civil_date
from enrollment.lifecycle import PolicyState
from enrollment.models import InsuredCount, Policy
from products.models import PlanYear


def count_insured(*, now: datetime) -> int:
    """Count the people insured for each plan year and keep the figures, which pages read. Returns how many plan years.

    By the clock and not at each policy: a figure that every order adds to is a row that every order waits for. Once
    cover has begun nobody joins or leaves any more, and the figure is counted anew once a day.
    """
    stands = InsuredCount.objects.filter(
        plan_year__cover_from__lte=civil_date(now), counted_at__gt=now - timedelta(days=1)
    )
    years = list(PlanYear.objects.exclude(pk__in=stands.values("plan_year")).values_list("pk", flat=True))
    found = Policy.objects.filter(state=PolicyState.ISSUED, plan_year__in=years).order_by().values_list("plan_year")
    counts = [
        InsuredCount(plan_year_id=plan_year_id, people=people, counted_at=now)
        for plan_year_id, people in found.annotate(people=Count("pk"))
    ]
    InsuredCount.objects.bulk_create(
        counts, update_conflicts=True, unique_fields=["plan_year"], update_fields=["people", "counted_at"]
    )
    return len(counts)
