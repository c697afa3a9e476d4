from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from core.seen import require_unchanged
from products.lifecycle import PlanYearState
from products.models import PlanYear
from products.plans import compiled
from products.shown import plan_year_version
from products.suppliers import require_supplied
from products.texts.coverage import require_covered
from work.lifecycle import transition


@transaction.atomic
def publish_plan_year(*, plan_year: PlanYear, seen: str, actor: Actor, now: datetime) -> PlanYear:
    """FILED → PUBLISHED: residents can read it now and enrol inside its window. Raises `clauses_not_covered` if its
    texts and its plan no longer agree, `facts_without_supplier` if its rules ask for what nobody supplies: what the
    portal keeps may have changed since. Source: Sanmenxia 四(二)(三)."""
    actor.require("enrollment.operate", plan_year)
    compiled(plan_year.benefits_text, plan_year.benefits_plan)  # before any lock; kept for whoever computes by it
    locked = PlanYear.objects.select_for_update().get(pk=plan_year.pk)
    require_unchanged(seen, is_now=plan_year_version(locked))
    require_supplied(locked)
    published = transition(locked, PlanYearState.PUBLISHED, actor=actor, now=now, published_at=now)
    require_covered(published)
    return published
