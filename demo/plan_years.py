"""The plan years of the demonstration, made by the real lifecycle actions, so that they look as in real life."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from core.actors import Actor
from core.clock import SHANGHAI
from demo.money_accounts import open_demo_money_accounts
from demo.schemes import SANMENXIA, ZHENGZHOU, DemoScheme, create_demo_scheme
from parties.models import Scheme
from products.actions import (
    attach_document,
    close_plan_year,
    define_list,
    draft_list,
    draft_plan_year,
    file_plan_year,
    open_ways,
    publish_list,
    publish_plan_year,
    send_to_experts,
    set_shares,
)
from products.lifecycle import PlanYearState
from products.models import FiledList, PlanYear
from products.models.plan_year import DocumentKind
from products.shown import plan_year_version

OPERATOR = Actor.system("demo-operator", "enrollment.operate")
BUREAU = Actor.system("demo-bureau", "enrollment.file_plan")


def create_demo_plan_years() -> list[PlanYear]:
    """smx-2026 (cover 2026, closed) and smx-2027 (window 1 October 2026 to 1 January 2027, published). Idempotent."""
    last = make_plan_year(SANMENXIA, cover_year=2026)
    if last.state == PlanYearState.PUBLISHED:
        close_plan_year(plan_year=last, actor=OPERATOR, now=last.closes_at)
        last.refresh_from_db()
    return [last, make_plan_year(SANMENXIA, cover_year=2027)]


def create_second_city() -> PlanYear:
    """zz-2027: window 1 November 2026 to 1 February 2027, cover from 1 February 2027. Idempotent."""
    return make_plan_year(ZHENGZHOU, cover_year=2027)


def make_plan_year(demo: DemoScheme, *, cover_year: int) -> PlanYear:
    """The scheme's plan year of that year of cover, published through every state of its lifecycle. Idempotent."""
    scheme = create_demo_scheme(demo)
    open_demo_money_accounts(demo)
    code = f"{demo.code}-{cover_year}"
    known = PlanYear.objects.select_related("scheme").filter(code=code).first()
    if known is not None:
        return known
    cover_from = date(cover_year, *demo.cover_on)
    opens_on = date(cover_year if demo.opens_on < demo.cover_on else cover_year - 1, *demo.opens_on)
    opens_at = _midnight(opens_on)
    drafted = opens_at - timedelta(days=60)
    plan_year = draft_plan_year(
        scheme=scheme,
        code=code,
        name_zh=demo.name_zh,
        name_en=demo.name_en,
        premium_fen=demo.premium_fen,
        opens_at=opens_at,
        closes_at=_midnight(cover_from),
        cover_from=cover_from,
        cover_to=date(cover_year + 1, *demo.cover_on),
        benefits_plan=demo.plan,
        benefits_text=demo.plan_text,
        actor=OPERATOR,
        now=drafted,
    )
    set_shares(plan_year=plan_year, shares=demo.shares, actor=OPERATOR, now=drafted)
    open_ways(plan_year=plan_year, ways=demo.ways, actor=OPERATOR, now=drafted)
    _publish_lists(scheme, demo, cover_from, drafted)
    _attach_documents(plan_year, demo, drafted)
    send_to_experts(plan_year=plan_year, actor=OPERATOR, now=drafted + timedelta(days=1))
    file_plan_year(
        plan_year=plan_year,
        filing_number=f"示例备案〔{cover_year - 1}〕1号",
        actor=BUREAU,
        now=drafted + timedelta(days=20),
    )
    seen = plan_year_version(plan_year)
    return publish_plan_year(plan_year=plan_year, seen=seen, actor=OPERATOR, now=drafted + timedelta(days=30))


def _publish_lists(scheme: Scheme, demo: DemoScheme, from_on: date, now: datetime) -> None:
    """Unless a version is in force on that day: it stays until another begins."""
    for one in demo.lists:
        known = FiledList.objects.filter(scheme=scheme, key=one.key).first()
        if known and known.versions.filter(from_on__lte=from_on, published_at__isnull=False).exists():
            continue
        filed_list = known or define_list(
            scheme=scheme,
            key=one.key,
            kind=one.kind,
            name_zh=one.name_zh,
            name_en=one.name_en,
            actor=OPERATOR,
            now=now,
        )
        version = draft_list(
            filed_list=filed_list, items=one.items, from_on=from_on, source=one.source, actor=OPERATOR, now=now
        )
        publish_list(version=version, actor=OPERATOR, now=now)


def _attach_documents(plan_year: PlanYear, demo: DemoScheme, now: datetime) -> None:
    for kind in DocumentKind:
        attach_document(
            plan_year=plan_year,
            kind=kind,
            source_zh=demo.source(kind.value, "zh"),
            source_en=demo.source(kind.value, "en"),
            actor=OPERATOR,
            now=now,
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
