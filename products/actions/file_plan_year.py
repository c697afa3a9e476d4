from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from products.lifecycle import PlanYearState
from products.models import PlanYear
from work.lifecycle import transition


@transaction.atomic
def file_plan_year(*, plan_year: PlanYear, filing_number: str, actor: Actor, now: datetime) -> PlanYear:
    """EXPERT_REVIEW → FILED: the bureau has agreed (备案). From here the terms are fixed. Source: Sanmenxia 四(二)."""
    actor.require("enrollment.file_plan", plan_year)
    return transition(plan_year, PlanYearState.FILED, actor=actor, now=now, filing_number=filing_number)
