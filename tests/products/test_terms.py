"""What a plan year's pages show of its plan, also where responsibilities share a deductible or a limit, or are none."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from demo.schemes import ZHENGZHOU
from products.models import PlanYear
from products.plan_terms import PlanTerms, terms_of

HEAD = """
format: 1
id: tried/tried
name: {zh: 试, en: Tried}
kind: huiminbao
place: {zh: 试, en: Tried}
source: 试
confidence: demonstration
in_force: {from: 2027-01-01}
units: {money: yuan, rate: ratio}
"""
SHARED = """
pools:
  deductibles:
    both: {name: {zh: 合计, en: both}, amount: 12000}
  caps:
    both: {name: {zh: 合计, en: both}, amount: 300000}
responsibilities:
  - {key: a, name: {zh: 甲, en: A}, base: [{amount: in_scope_after_layers}], rate: 0.5, cap: 200000,
     shared_deductible: both, shared_caps: [both]}
  - {key: b, name: {zh: 乙, en: B}, base: [{amount: out_of_catalogue}], rate: 0.5,
     shared_deductible: both, shared_caps: [both]}
  - {key: c, name: {zh: 丙, en: C}, base: [{amount: special_drug}], rate: 0.5, cap: 100000}
"""
LAYERS_ALONE = """
waterfall:
  - {layer: basic_fund, simulate: always, deductible: 600, rate: 0.65, cap: 150000}
"""


def terms(text: str) -> PlanTerms:
    year = PlanYear(benefits_text=text, benefits_plan="tried", cover_from=date(2027, 3, 1))
    return terms_of(year)


def test_what_responsibilities_share_is_shown_with_each_and_counted_once() -> None:
    found = terms(HEAD + SHARED)
    assert [(row.deductible_fen, row.cap_fen) for row in found.responsibilities] == [
        (1_200_000, 20_000_000),
        (1_200_000, 30_000_000),
        (0, 10_000_000),
    ]
    assert found.highest_fen == 40_000_000


def test_one_responsibility_without_a_limit_leaves_the_whole_without_one() -> None:
    assert terms(HEAD + SHARED.replace("cap: 100000", "cap: none")).highest_fen is None


def test_a_plan_of_layers_alone_has_no_deductible_to_show() -> None:
    found = terms(HEAD + LAYERS_ALONE)
    assert (found.responsibilities, found.deductible_fen, found.highest_fen) == ((), None, 0)


def test_zhengzhous_drugs_pay_at_most_what_their_shared_limit_is() -> None:
    rows = {row.key: row for row in terms(ZHENGZHOU.plan_text).responsibilities}
    assert (rows["special_drugs"].cap_fen, rows["rare_disease_drugs"].cap_fen) == (50_000_000, 20_000_000)


@pytest.mark.parametrize(("language", "name"), [("en", "Compliant self-pay"), ("zh-hans", "合规自付")])
def test_a_responsibility_has_the_plans_name(language: str, name: str) -> None:
    year = PlanYear(benefits_text=ZHENGZHOU.plan_text, benefits_plan="demo/zz", cover_from=date(2027, 2, 1))
    with translation.override(language):
        assert terms_of(year).responsibilities[0].name == name
