from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from products.models import PlanYear
from products.models.plan_year import Insurer
from products.plan_terms import compiled


@transaction.atomic
def draft_plan_year(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    city_zh: str,
    city_en: str,
    area_prefix: str,
    premium_fen: int,
    opens_at: datetime,
    closes_at: datetime,
    cover_from: date,
    cover_to: date,
    benefits_plan: str,
    benefits_text: str,
    insurers: Sequence[Insurer],
    service_phone: str,
    actor: Actor,
    now: datetime,
) -> PlanYear:
    """A plan year in DRAFT. benefits_text: the plan file's text, compiled once here to prove it good. Window and cover
    half-open. Raises `one_lead_insurer` unless exactly one insurer leads; benefits.PlanInvalid with every problem of
    the plan file.

    Source: Sanmenxia 四(一) the best of the chosen insurers leads the pool; 五(一) the window.
    """
    actor.require("enrollment.operate")
    if sum(insurer["lead"] for insurer in insurers) != 1:
        raise DomainError("one_lead_insurer", _("Exactly one insurer leads the pool."), field="insurers")
    compiled(benefits_text, benefits_plan, cover_from)
    return PlanYear.objects.create(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        city_zh=city_zh,
        city_en=city_en,
        area_prefix=area_prefix,
        premium_fen=premium_fen,
        opens_at=opens_at,
        closes_at=closes_at,
        cover_from=cover_from,
        cover_to=cover_to,
        benefits_plan=benefits_plan,
        benefits_text=benefits_text,
        benefits_sha256=hashlib.sha256(benefits_text.encode()).hexdigest(),
        insurers=list(insurers),
        service_phone=service_phone,
        created_at=now,
    )
