from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import transaction

from core.actors import Actor
from parties.models import Scheme
from products.models import PlanYear
from products.plans import compiled


@transaction.atomic
def draft_plan_year(
    *,
    scheme: Scheme,
    code: str,
    name_zh: str,
    name_en: str,
    premium_fen: int,
    opens_at: datetime,
    closes_at: datetime,
    cover_from: date,
    cover_to: date,
    benefits_plan: str,
    benefits_text: str,
    actor: Actor,
    now: datetime,
) -> PlanYear:
    """A plan year of a scheme in DRAFT. benefits_text: the plan file's text, compiled once here to prove it good.
    Window and cover half-open. Raises benefits.PlanInvalid with every problem of the plan file.

    Source: Sanmenxia 五(一) the window.
    """
    actor.require("enrollment.operate", scheme)
    compiled(benefits_text, benefits_plan).on(cover_from)
    return PlanYear.objects.create(
        scheme=scheme,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        premium_fen=premium_fen,
        opens_at=opens_at,
        closes_at=closes_at,
        cover_from=cover_from,
        cover_to=cover_to,
        benefits_plan=benefits_plan,
        benefits_text=benefits_text,
        benefits_sha256=hashlib.sha256(benefits_text.encode()).hexdigest(),
        created_at=now,
    )
