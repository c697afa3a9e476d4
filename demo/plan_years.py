"""The two plan years of the demonstration, made by the real lifecycle actions, so that they look as in real life.

All insurers are invented: no real company is said to stand behind this product.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from benefits.files.load import find_plan
from core.actors import Actor
from core.clock import SHANGHAI
from products.actions import (
    attach_document,
    close_plan_year,
    draft_plan_year,
    file_plan_year,
    publish_plan_year,
    send_to_experts,
)
from products.lifecycle import PlanYearState
from products.models import PlanYear
from products.models.plan_year import DocumentKind, Insurer
from products.plan_documents import document_text
from products.shown import plan_year_version

PLAN = "sanmenxia/huiminbao"
PREMIUM_FEN = 10_000  # Sanmenxia 三(四): the first year at most 100 yuan
SERVICE_PHONE = "0398-000-0000"

INSURERS: list[Insurer] = [
    {"code": "xiaoshan", "name_zh": "崤山财险（示例）", "name_en": "Xiaoshan Property (demonstration)", "lead": True},
    {"code": "dahe", "name_zh": "大河人寿（示例）", "name_en": "Dahe Life (demonstration)", "lead": False},
    {"code": "hangu", "name_zh": "函谷健康险（示例）", "name_en": "Hangu Health (demonstration)", "lead": False},
    {"code": "tiane", "name_zh": "天鹅湖养老险（示例）", "name_en": "Swan Lake Pension (demonstration)", "lead": False},
    {"code": "ganshan", "name_zh": "甘山财险（示例）", "name_en": "Ganshan Property (demonstration)", "lead": False},
]

OPERATOR = Actor.system("demo-operator", "enrollment.operate")
BUREAU = Actor.system("demo-bureau", "enrollment.file_plan")


def create_demo_plan_years() -> list[PlanYear]:
    """smx-2026 (cover 2026, closed) and smx-2027 (window 1 October 2026 to 1 January 2027, published). Idempotent."""
    return [
        _published(cover_year=2026, closed=True),
        _published(cover_year=2027, closed=False),
    ]


def make_plan_year(*, code: str, opens_on: date, closes_on: date, cover_year: int) -> PlanYear:
    """A published plan year through every state of its lifecycle. The window is [opens_on, closes_on) in Shanghai."""
    text = find_plan(PLAN).read_text("utf-8")
    opens_at, closes_at = _midnight(opens_on), _midnight(closes_on)
    drafted = opens_at - timedelta(days=60)
    plan_year = draft_plan_year(
        code=code,
        name_zh="三门峡惠民保",
        name_en="Sanmenxia Huiminbao",
        city_zh="三门峡",
        city_en="Sanmenxia",
        area_prefix="4112",
        premium_fen=PREMIUM_FEN,
        opens_at=opens_at,
        closes_at=closes_at,
        cover_from=date(cover_year, 1, 1),
        cover_to=date(cover_year + 1, 1, 1),
        benefits_plan=PLAN,
        benefits_text=text,
        insurers=INSURERS,
        service_phone=SERVICE_PHONE,
        actor=OPERATOR,
        now=drafted,
    )
    _attach_documents(plan_year, drafted)
    send_to_experts(plan_year=plan_year, actor=OPERATOR, now=drafted + timedelta(days=1))
    file_plan_year(
        plan_year=plan_year,
        filing_number=f"示例备案〔{cover_year - 1}〕1号",
        actor=BUREAU,
        now=drafted + timedelta(days=20),
    )
    seen = plan_year_version(plan_year)
    return publish_plan_year(plan_year=plan_year, seen=seen, actor=OPERATOR, now=drafted + timedelta(days=30))


def _published(*, cover_year: int, closed: bool) -> PlanYear:
    code = f"smx-{cover_year}"
    known = PlanYear.objects.filter(code=code).first()
    plan_year = known or make_plan_year(
        code=code,
        opens_on=date(cover_year - 1, 10, 1),
        closes_on=date(cover_year, 1, 1),
        cover_year=cover_year,
    )
    if closed and plan_year.state == PlanYearState.PUBLISHED:
        close_plan_year(plan_year=plan_year, actor=OPERATOR, now=plan_year.closes_at)
    return plan_year


def _attach_documents(plan_year: PlanYear, now: datetime) -> None:
    for kind in DocumentKind:
        attach_document(
            plan_year=plan_year,
            kind=kind,
            body_zh=document_text(plan_year, city="sanmenxia", kind=kind.value, language="zh"),
            body_en=document_text(plan_year, city="sanmenxia", kind=kind.value, language="en"),
            actor=OPERATOR,
            now=now,
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
