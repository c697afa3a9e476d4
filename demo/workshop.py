"""What the plan workshop shows from the start: a copy of next year's terms with a lower deductible, compared with them
on a small city year. A worker computes it after the start, as it does for everybody.
"""

from __future__ import annotations

from datetime import datetime

from demo.plan_years import OPERATOR
from products.actions import change_terms, generate_city_year, start_comparison, start_terms_draft
from products.models import PlanYear, TermsDraft

PEOPLE = 20_000


def create_demo_comparison(year: PlanYear, *, now: datetime) -> None:
    """Idempotent."""
    if TermsDraft.objects.filter(plan_year=year).exists():
        return
    draft = start_terms_draft(plan_year=year, title="起付线降至1.2万元", actor=OPERATOR, now=now)
    values = {"compliant_self_pay.deductible": "12000"}
    draft = change_terms(draft=draft, values=values, revision=draft.revision, actor=OPERATOR, now=now)
    city_year = generate_city_year(
        scheme=year.scheme, title="示例城市（2万人）", people=PEOPLE, seed=1, year=year.cover_from.year, shape={},
        actor=OPERATOR, now=now,
    )  # fmt: skip
    start_comparison(city_year=city_year, terms=[year, draft], actor=OPERATOR, now=now)
