from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict
from products.lifecycle import PlanYearState
from products.models import PlanYear
from work.lifecycle import transition


@transaction.atomic
def close_plan_year(*, plan_year: PlanYear, actor: Actor, now: datetime) -> PlanYear:
    """PUBLISHED → CLOSED after the window: no more sales; policies and claims go on. Raises `window_still_open`."""
    actor.require("enrollment.operate", plan_year)
    if now < plan_year.closes_at:
        raise Conflict("window_still_open", _("The enrolment window has not ended yet."))
    return transition(plan_year, PlanYearState.CLOSED, actor=actor, now=now)
