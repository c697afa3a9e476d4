"""A plan year in DRAFT: Sanmenxia's 2028, of which nothing has been settled yet."""

from __future__ import annotations

from datetime import date

from demo.plan_years import OPERATOR, create_demo_plan_years
from parties.models import Scheme
from products.actions import draft_plan_year
from products.models import PlanYear

FIRST_DAY, JULY, LAST_DAY = date(2028, 1, 1), date(2028, 7, 1), date(2028, 12, 31)


def draft_of_2028(*, scheme: Scheme | None = None) -> PlanYear:
    """scheme: another one that takes over Sanmenxia's rules."""
    like = create_demo_plan_years()[1]
    whose = scheme or like.scheme
    return draft_plan_year(
        scheme=whose, code=f"{whose.code}-2028", name_zh=whose.name_zh, name_en=whose.name_en, premium_fen=9_900,
        opens_at=like.opens_at.replace(year=2027), closes_at=like.closes_at.replace(year=2028), cover_from=FIRST_DAY,
        cover_to=date(2029, 1, 1), benefits_plan=like.benefits_plan, benefits_text=like.benefits_text,
        actor=OPERATOR, now=like.opens_at,
    )  # fmt: skip
