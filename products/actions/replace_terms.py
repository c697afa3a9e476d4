from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict
from products.lifecycle import PlanYearState
from products.models import PlanYear
from products.plans import compiled


@transaction.atomic
def replace_terms(
    *, plan_year: PlanYear, premium_fen: int, benefits_plan: str, benefits_text: str, actor: Actor, now: datetime
) -> PlanYear:
    """Other rules and another price for a plan year in DRAFT; its texts have to be attached again. Raises
    plan_year_fixed, and benefits.PlanInvalid with every problem of the plan file."""
    actor.require("enrollment.operate", plan_year)
    locked = PlanYear.objects.select_for_update().get(pk=plan_year.pk)
    if locked.state != PlanYearState.DRAFT:
        raise Conflict("plan_year_fixed", _("The plan year was already sent on. Take it back to draft first."))
    compiled(benefits_text, benefits_plan).on(locked.cover_from)
    locked.premium_fen = premium_fen
    locked.benefits_plan, locked.benefits_text = benefits_plan, benefits_text
    locked.benefits_sha256 = hashlib.sha256(benefits_text.encode()).hexdigest()
    locked.save(update_fields=["premium_fen", "benefits_plan", "benefits_text", "benefits_sha256"])
    return locked
