"""A plan year in DRAFT: Sanmenxia's 2028, of which nothing has been settled yet; and what it takes to send it on."""

from __future__ import annotations

from datetime import date

from demo.plan_years import OPERATOR, create_demo_plan_years
from demo.schemes import SANMENXIA
from parties.models import Scheme
from products.actions import attach_document, draft_plan_year, open_ways, set_shares
from products.models import PlanYear
from products.models.plan_year import DocumentKind

FIRST_DAY, JULY, LAST_DAY = date(2028, 1, 1), date(2028, 7, 1), date(2028, 12, 31)


def draft_of_2028(*, scheme: Scheme | None = None) -> PlanYear:
    """scheme: another one that takes over Sanmenxia's rules."""
    like = create_demo_plan_years()[1]
    whose = scheme or like.scheme
    return draft_plan_year(
        scheme=whose, code=f"{whose.code}-2028", name_zh=whose.name_zh, name_en=whose.name_en, premium_fen=10_000,
        opens_at=like.opens_at.replace(year=2027), closes_at=like.closes_at.replace(year=2028), cover_from=FIRST_DAY,
        cover_to=date(2029, 1, 1), benefits_plan=like.benefits_plan, benefits_text=like.benefits_text,
        actor=OPERATOR, now=like.opens_at,
    )  # fmt: skip


def attach_texts(draft: PlanYear, **other: str) -> None:
    """Sanmenxia's texts. other: the source of one of them in place of it, by kind and language ("clauses_zh")."""
    for kind in DocumentKind.values:
        zh, en = (other.get(f"{kind}_{one}", SANMENXIA.source(kind, one)) for one in ("zh", "en"))
        attach_document(
            plan_year=draft, kind=kind, source_zh=zh, source_en=en, actor=OPERATOR, now=draft.opens_at
        )  # fmt: skip


def carried_2028() -> PlanYear:
    """With insurers and ways in, and no texts yet."""
    draft = draft_of_2028()
    set_shares(plan_year=draft, shares=SANMENXIA.shares, actor=OPERATOR, now=draft.opens_at)
    open_ways(plan_year=draft, ways=SANMENXIA.ways, actor=OPERATOR, now=draft.opens_at)
    return draft
