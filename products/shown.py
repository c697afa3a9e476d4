"""Versions of what this room's pages show beside a button that decides (core.seen)."""

from __future__ import annotations

from core import seen
from products.models import PlanYear
from products.plans import lists_on


def plan_year_version(plan_year: PlanYear) -> str:
    """Of a plan year before it is published: price, window, cover, rules, lists, ways in and texts."""
    documents = plan_year.documents.order_by("kind", "version").values_list("kind", "version", "sha256")
    return seen.version(
        "products.plan_year",
        code=plan_year.code,
        state=plan_year.state,
        premium_fen=plan_year.premium_fen,
        window=[plan_year.opens_at, plan_year.closes_at],
        cover=[plan_year.cover_from, plan_year.cover_to],
        rules=plan_year.benefits_sha256,
        lists=[[one.filed_list.key, one.sha256] for one in lists_on(plan_year, plan_year.cover_from)],
        ways=[[way.way, way.opens_at, way.closes_at, way.least_people, way.paid_by] for way in plan_year.ways.all()],
        documents=[list(document) for document in documents],
    )
