"""A plan year goes from draft to publication as Sanmenxia 四(二) says, and what was filed does not change (E1)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from core.errors import Conflict, DomainError, IllegalTransition, NotAllowed
from demo.plan_years import BUREAU, OPERATOR, create_demo_plan_years
from demo.schemes import SANMENXIA
from enrollment.lifecycle import ORDER_LIFECYCLE, POLICY_LIFECYCLE
from products.actions import (
    attach_document,
    close_plan_year,
    draft_plan_year,
    file_plan_year,
    publish_plan_year,
    send_to_experts,
    set_shares,
)
from products.lifecycle import PLAN_YEAR_LIFECYCLE, PlanYearState
from products.models import PlanYear
from products.models.plan_year import DocumentKind
from products.plan_terms import terms_of
from products.pool import shares_on
from products.selectors import documents_of
from products.shown import plan_year_version


@pytest.fixture
def plan_year(db: None) -> PlanYear:
    return create_demo_plan_years()[1]


def draft(like: PlanYear, code: str = "smx-2028") -> PlanYear:
    """Next year's, as this year's, with the same five insurers."""
    new = draft_plan_year(
        scheme=like.scheme, code=code, name_zh=like.name_zh, name_en=like.name_en, premium_fen=9_900,
        opens_at=like.opens_at + timedelta(days=365), closes_at=like.closes_at + timedelta(days=365),
        cover_from=like.cover_to, cover_to=like.cover_to.replace(year=2029), benefits_plan=like.benefits_plan,
        benefits_text=like.benefits_text, actor=OPERATOR, now=like.opens_at,
    )  # fmt: skip
    set_shares(plan_year=new, shares=SANMENXIA.shares, actor=OPERATOR, now=like.opens_at)
    return new


def test_the_demonstration_has_last_year_closed_and_this_year_published(db: None) -> None:
    last, this = create_demo_plan_years()
    assert (last.code, last.state) == ("smx-2026", PlanYearState.CLOSED)
    assert (this.code, this.state, this.premium_fen) == ("smx-2027", PlanYearState.PUBLISHED, 10_000)
    assert [event.new_state for event in this.events.all()] == ["expert_review", "filed", "published"]
    assert create_demo_plan_years() == [last, this]


def test_five_insurers_of_which_one_leads_and_none_is_a_real_company(plan_year: PlanYear) -> None:
    shares = shares_on(plan_year, plan_year.cover_from)
    assert [share.leads for share in shares] == [True, False, False, False, False]
    assert sum(share.share_millionths for share in shares) == 1_000_000
    assert all("示例" in share.insurer.name_zh for share in shares)


def test_nobody_publishes_what_the_bureau_has_not_filed(plan_year: PlanYear) -> None:
    new = draft(plan_year)
    with pytest.raises(IllegalTransition):
        publish_plan_year(plan_year=new, seen=plan_year_version(new), actor=OPERATOR, now=plan_year.opens_at)
    with pytest.raises(NotAllowed):
        file_plan_year(plan_year=new, filing_number="1", actor=OPERATOR, now=plan_year.opens_at)


def test_experts_get_all_four_documents_or_are_told_which_is_missing(plan_year: PlanYear) -> None:
    new = draft(plan_year)
    for kind in (DocumentKind.NOTICE, DocumentKind.CLAUSES, DocumentKind.PRIVACY):
        attach_document(
            plan_year=new, kind=kind, source_zh="文", source_en="text", actor=OPERATOR, now=plan_year.opens_at
        )
    with pytest.raises(DomainError) as refusal:
        send_to_experts(plan_year=new, actor=OPERATOR, now=plan_year.opens_at)
    assert refusal.value.code == "documents_missing"
    assert refusal.value.params == {"missing": str(DocumentKind.EXCLUSIONS.label)}


def test_a_document_sent_on_is_not_exchanged(plan_year: PlanYear) -> None:
    with pytest.raises(Conflict) as refusal:
        attach_document(
            plan_year=plan_year,
            kind=DocumentKind.CLAUSES,
            source_zh="新",
            source_en="new",
            actor=OPERATOR,
            now=plan_year.opens_at,
        )
    assert refusal.value.code == "plan_year_fixed"


@pytest.mark.parametrize(
    "change", [{"premium_fen": 1}, {"benefits_text": "x"}, {"name_zh": "别的"}, {"scheme_id": "zz"}]
)
def test_the_database_refuses_other_terms_after_filing(plan_year: PlanYear, change: dict[str, object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        PlanYear.objects.filter(pk=plan_year.pk).update(**change)


def test_the_database_refuses_to_change_a_published_text(plan_year: PlanYear) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        plan_year.documents.update(body_zh="改")


def test_the_year_is_closed_after_its_window_and_not_a_second_before(plan_year: PlanYear) -> None:
    with pytest.raises(Conflict) as refusal:
        close_plan_year(plan_year=plan_year, actor=OPERATOR, now=plan_year.closes_at - timedelta(seconds=1))
    assert refusal.value.code == "window_still_open"
    close_plan_year(plan_year=plan_year, actor=OPERATOR, now=plan_year.closes_at)
    assert plan_year.state == PlanYearState.CLOSED


def test_the_bureau_can_refuse_a_filing_and_experts_can_send_back(plan_year: PlanYear) -> None:
    assert PLAN_YEAR_LIFECYCLE.next_states("filed") == ["draft", "published"]
    assert PLAN_YEAR_LIFECYCLE.next_states("expert_review") == ["draft", "filed"]
    assert BUREAU.may("enrollment.file_plan")


@pytest.mark.parametrize("lifecycle", [PLAN_YEAR_LIFECYCLE, ORDER_LIFECYCLE, POLICY_LIFECYCLE])
def test_every_state_can_be_reached(lifecycle) -> None:
    assert lifecycle.reachable_states == set(lifecycle.states.values)


def test_every_document_is_stamped_with_the_digest_of_both_languages(plan_year: PlanYear) -> None:
    documents = documents_of(plan_year)
    assert set(documents) == set(DocumentKind.values)
    for document in documents.values():
        text = f"{document.body_zh}\n----\n{document.body_en}"
        assert document.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_the_exclusions_name_the_law_and_all_ten_classes(plan_year: PlanYear) -> None:
    """Sanmenxia 三(三), Social Insurance Law Art. 30, Shuozhou 四(二)."""
    text = documents_of(plan_year)["exclusions"].body_zh
    assert "《社会保险法》第三十条" in text
    for words in ("工伤保险", "第三人", "公共卫生", "境外"):
        assert words in text
    ten = text.split("## 二")[1].split("## 三")[0]
    assert [line[:3] for line in ten.splitlines() if line[:1].isdigit()] == [f"{n}. "[:3] for n in range(1, 11)]
    assert "15,000元" in text
    assert "1,000,000元" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_document_speaks_the_other_language_or_the_forbidden_words(plan_year: PlanYear, language: str) -> None:
    forbidden = {"zh": ("yuan", "低风险", "低门槛", "秒赔", "政府保证"), "en": ("元", "risk-free", "guaranteed by")}
    for document in plan_year.documents.all():
        body = document.body_zh if language == "zh" else document.body_en
        assert not [word for word in forbidden[language] if word in body], document.kind


def test_the_terms_come_from_the_filed_plan(plan_year: PlanYear) -> None:
    first = terms_of(plan_year).responsibilities[0]
    assert (first.deductible_fen, first.rate, first.cap_fen) == (1_500_000, "75%", 100_000_000)
    assert plan_year.benefits_sha256 == hashlib.sha256(plan_year.benefits_text.encode()).hexdigest()
