"""One person's bills through the terms a plan can have. Each test is a sentence with exact amounts."""

from __future__ import annotations

from datetime import date

import pytest

from benefits import (
    Accumulator,
    AmountOutOfRange,
    BadValue,
    Bill,
    BillLine,
    DatedCode,
    Listed,
    Person,
    YearSoFar,
    adjudicate,
    load_plan,
    premium_fen,
)
from benefits.facts import LONG_AGO
from tests.benefits.helpers import LI, paid, plan_of, run, yuan

SIMPLE = """
- key: own
  name: 合规自付
  base: [{amount: in_scope_after_layers}]
  deductible: 15000
  rate: 0.8
  cap: 20000
"""


def in_scope(amount: float, **more: object) -> Bill:
    return Bill(in_scope_fen=yuan(amount), **more)  # type: ignore[arg-type]  # the test's own fields


def test_20000_yuan_over_a_deductible_of_15000_at_80_percent_pays_4000() -> None:
    (decision,) = run(plan_of(SIMPLE), in_scope(20_000))
    assert decision.payable_fen == yuan(4_000)
    assert decision.remaining_fen == yuan(16_000)
    assert decision.payable_of("own") == yuan(4_000)
    assert decision.responsibilities[0].base_fen == yuan(20_000)
    assert decision.responsibilities[0].deductible_fen == yuan(15_000)


@pytest.mark.parametrize(("amount", "pays"), [(14_999.99, 0), (15_000, 0), (15_000.01, 0.01), (15_001, 0.8)])
def test_the_first_fen_above_the_deductible_is_paid(amount: float, pays: float) -> None:
    assert paid(plan_of(SIMPLE), in_scope(amount)) == [yuan(pays)]


@pytest.mark.parametrize(("amount", "pays"), [(39_999.99, 19_999.99), (40_000, 20_000), (40_000.02, 20_000)])
def test_the_cap_of_20000_is_reached_at_40000(amount: float, pays: float) -> None:
    assert paid(plan_of(SIMPLE), in_scope(amount)) == [yuan(pays)]


def test_the_deductible_the_bands_and_the_cap_run_over_the_year() -> None:
    assert paid(plan_of(SIMPLE), in_scope(10_000), in_scope(10_000), in_scope(30_000)) == [0, yuan(4_000), yuan(16_000)]


def test_a_year_of_which_only_the_accumulated_amount_is_known_continues_as_if_all_had_been_one_bill() -> None:
    plan = plan_of(SIMPLE)
    year = YearSoFar.prior({"own": yuan(18_000)})
    (decision,) = run(plan, in_scope(10_000), year=year)
    assert decision.payable_fen == yuan(8_000)
    assert decision.year_after.running["own"] == Accumulator(yuan(28_000), yuan(15_000), yuan(10_400))
    assert decision.year_after.paid_fen == yuan(10_400)


def test_an_accumulated_amount_beyond_the_cap_leaves_nothing_to_pay() -> None:
    assert paid(plan_of(SIMPLE), in_scope(10_000), year=YearSoFar.prior({"own": yuan(90_000)})) == [0]


def test_deductible_and_paid_that_are_known_are_believed() -> None:
    year = YearSoFar(running={"own": Accumulator(yuan(20_000), yuan(5_000), None)})
    (decision,) = run(plan_of(SIMPLE), in_scope(12_000), year=year)
    # 10,000 of the deductible are still to be borne, so 2,000 are paid on; 12,000 had been paid already
    assert decision.responsibilities[0].deductible_fen == yuan(10_000)
    assert decision.year_after.running["own"].paid_fen == yuan(12_000) + decision.payable_fen


def test_gross_bands_and_bands_after_the_deductible_differ() -> None:
    bands = "bands: [{from: 0, to: 50000, rate: 0.5}, {from: 50000, rate: 0.6}]"
    text = f"- {{key: own, name: x, base: [{{amount: in_scope}}], deductible: 20000, {bands}, band_basis: BASIS}}"
    assert paid(plan_of(text.replace("BASIS", "gross")), in_scope(60_000)) == [yuan(15_000 + 6_000)]
    assert paid(plan_of(text.replace("BASIS", "after_deductible")), in_scope(60_000)) == [yuan(20_000)]


def test_class_b_counts_half_and_each_bill_rounds_the_half_fen_up() -> None:
    plan = plan_of("- {key: own, name: x, base: [{amount: class_b_first, factor: 50%}], rate: 1}")
    assert paid(plan, Bill(class_b_first_fen=101)) == [51]


def test_amounts_of_a_base_add_up_and_what_is_named_minus_is_taken_out() -> None:
    plan = plan_of("""
    - key: own
      name: x
      base: [{amount: in_scope_after_layers, minus_amounts: [above_fund_cap]}, {amount: over_limit}]
      rate: 1
    """)
    assert paid(plan, in_scope(100, above_fund_cap_fen=yuan(30), over_limit_fen=yuan(5))) == [yuan(75)]
    assert paid(plan, in_scope(20, above_fund_cap_fen=yuan(30), total_fen=yuan(60))) == [0]


def test_an_amount_of_the_plans_own_comes_with_the_bill() -> None:
    plan = plan_of(
        "- {key: proton, name: 质子, base: [{amount: proton_therapy}], rate: 0.5}", "amounts: [proton_therapy]\n"
    )
    assert paid(plan, Bill(other_amounts_fen={"proton_therapy": 1000})) == [500]
    with pytest.raises(BadValue, match=r"test/product has no amount proton; it names proton_therapy"):
        run(plan, Bill(other_amounts_fen={"proton": 1000}))


SHARED = """
- {key: first, name: 目录内, base: [{amount: in_scope}], shared_deductible: common, rate: 0.5}
- {key: second, name: 目录外, base: [{amount: out_of_catalogue}], shared_deductible: common, rate: 0.5}
"""
POOL = "pools: {deductibles: {common: {name: 共用起付线, amount: 10000SHARE}}}\n"


def test_two_responsibilities_share_a_deductible_in_the_order_of_the_file() -> None:
    plan = plan_of(SHARED, POOL.replace("SHARE", ""))
    first, second = run(
        plan, Bill(in_scope_fen=yuan(6_000), out_of_catalogue_fen=yuan(6_000)), Bill(in_scope_fen=yuan(2_000))
    )
    assert [r.deductible_fen for r in first.responsibilities] == [yuan(6_000), yuan(4_000)]
    assert [r.payable_fen for r in first.responsibilities] == [0, yuan(1_000)]
    assert second.payable_fen == yuan(1_000)


def test_a_prior_amount_uses_up_the_shared_deductible() -> None:
    plan = plan_of(SHARED, POOL.replace("SHARE", ""))
    year = YearSoFar.prior({"first": yuan(8_000)})
    assert paid(plan, Bill(out_of_catalogue_fen=yuan(5_000)), year=year) == [yuan(1_500)]


def test_a_family_shares_a_deductible_when_its_pools_are_carried_over() -> None:
    plan = plan_of(SHARED, POOL.replace("SHARE", ", shared_by: family"))
    mother = adjudicate(plan, Person("mother"), YearSoFar(), Bill(in_scope_fen=yuan(7_000)))
    child_year = YearSoFar().with_pools_of(mother.year_after.pools)
    child = adjudicate(plan, Person("child"), child_year, Bill(in_scope_fen=yuan(7_000)))
    assert (mother.payable_fen, child.payable_fen) == (0, yuan(2_000))


def test_a_reward_lowers_a_shared_deductible() -> None:
    more = """
    pools:
      deductibles:
        common:
          name: x
          amount: 10000
          adjustments: [{name: 连续参保, kind: reward, if: {continuous_years: {min: 2}}, deductible_factor: 0.8}]
    """
    bill = Bill(in_scope_fen=yuan(10_000))
    assert paid(plan_of(SHARED, more), bill) == [0]
    assert paid(plan_of(SHARED, more), bill, person=Person("li", continuous_years=2)) == [yuan(1_000)]


def test_shared_and_total_caps_cut_in_the_order_of_the_file() -> None:
    plan = plan_of(
        """
        - {key: a, name: a, base: [{amount: in_scope}], rate: 1, shared_caps: [both]}
        - {key: b, name: b, base: [{amount: out_of_catalogue}], rate: 1, shared_caps: [both]}
        - {key: c, name: c, base: [{amount: special_drug}], rate: 1}
        """,
        """
        pools: {caps: {both: {name: 合计限额, amount: 100}}}
        total_cap: 130
        """,
    )
    bill = Bill(in_scope_fen=yuan(80), out_of_catalogue_fen=yuan(80), special_drug_fen=yuan(80))
    first, second = run(plan, bill, bill)
    assert [r.payable_fen for r in first.responsibilities] == [yuan(80), yuan(20), yuan(30)]
    assert second.payable_fen == 0


def test_per_stay_the_deductible_starts_anew_and_the_yearly_cap_does_not() -> None:
    plan = plan_of("- {key: own, name: x, base: [{amount: in_scope}], per: stay, deductible: 100, rate: 1, cap: 250}")
    assert paid(plan, in_scope(200), in_scope(200), in_scope(200)) == [yuan(100), yuan(100), yuan(50)]


def test_a_stay_cap_cuts_each_bill() -> None:
    plan = plan_of("- {key: own, name: x, base: [{amount: in_scope}], rate: 1, stay_cap: 50}")
    assert paid(plan, in_scope(60), in_scope(40)) == [yuan(50), yuan(40)]


DRUGS = "lists: {drugs: {name: 特药目录, items: [{code: D1}, {code: D2}, {name: 某药}]}}\n"


def drug(code: str, amount: float, **more: object) -> BillLine:
    return BillLine(yuan(amount), code=code, kind="drug", **more)  # type: ignore[arg-type]  # the test's own fields


def test_each_drug_has_its_own_deductible_and_cap() -> None:
    plan = plan_of(
        "- {key: d, name: 特药, base: [{lines: {list: drugs}}], per: drug, deductible: 100, rate: 1, cap: 300}", DRUGS
    )
    bill = Bill(out_of_catalogue_fen=yuan(1_000), lines=(drug("D1", 250), drug("D2", 500), drug("D3", 250)))
    first, second = run(plan, bill, Bill(out_of_catalogue_fen=yuan(250), lines=(drug("D1", 250),)))
    assert first.payable_fen == yuan(150 + 300)
    assert second.payable_fen == yuan(150)  # D1's deductible is used; 150 + 150 reach its cap
    assert second.year_after.running["d"].paid_fen == yuan(600)
    assert second.year_after.paid_fen == yuan(600)


def test_a_rate_may_depend_on_the_drug() -> None:
    plan = plan_of(
        """
        - key: d
          name: 特药
          base: [{lines: {list: drugs}}, {amount: special_drug}]
          per: drug
          rate: 0.5
          adjustments: [{name: CAR-T, kind: other, if: {drug: D2}, rate: 1}]
        """,
        DRUGS,
    )
    bill = Bill(out_of_catalogue_fen=yuan(30), special_drug_fen=yuan(8), lines=(drug("D1", 10), drug("D2", 20)))
    assert paid(plan, bill) == [yuan(5 + 20 + 4)]


def test_lines_on_a_list_are_found_by_code_or_name_and_not_paid_twice() -> None:
    plan = plan_of(
        """
        - {key: self, name: 自费, base: [{amount: out_of_catalogue, minus: [d]}], rate: 0.5}
        - {key: d, name: 特药, base: [{lines: {list: drugs}}], rate: 1}
        """,
        DRUGS,
    )
    bill = Bill(out_of_catalogue_fen=yuan(100), lines=(drug("D1", 30), drug("", 20, name="某药"), drug("X", 10)))
    (decision,) = run(plan, bill)
    assert [r.payable_fen for r in decision.responsibilities] == [yuan(25), yuan(50)]


def test_a_list_filed_for_the_day_replaces_the_plans_codes() -> None:
    plan = plan_of("- {key: d, name: 特药, base: [{lines: {list: drugs}}], rate: 1}", DRUGS)
    bill = Bill(out_of_catalogue_fen=yuan(10), lines=(drug("NEW", 10),))
    assert paid(plan, bill) == [0]
    assert paid(plan.with_lists({"drugs": Listed(frozenset({"NEW"}))}), bill) == [yuan(10)]
    with pytest.raises(ValueError, match="has no list named drug"):
        plan.with_lists({"drug": Listed(frozenset())})


def test_only_the_out_of_catalogue_part_of_a_line_counts_unless_the_plan_says_the_whole() -> None:
    text = "- {key: d, name: x, base: [{lines: {kind: drug, catalogue: [B], measure: MEASURE}}], rate: 1}"
    lines = (drug("D1", 50, catalogue="B", out_of_catalogue_fen=yuan(20)), drug("D2", 9))
    bill = Bill(in_scope_fen=yuan(30), out_of_catalogue_fen=yuan(29), lines=lines)
    assert paid(plan_of(text.replace("MEASURE", "self_paid")), bill) == [yuan(20)]
    assert paid(plan_of(text.replace("MEASURE", "amount")), bill) == [yuan(50)]


LIMITED = "- {key: s, name: 自费, base: [{amount: out_of_catalogue}], rate: 0.5, limits: [LIMIT]}"


@pytest.mark.parametrize(
    ("limit", "pays"),
    [
        (
            "{key: m, name: 材料, lines: {kind: material}, per: item, eligible: 30}",
            [(100 - 20 - 10) / 2, (100 - 20 - 10) / 2],
        ),
        ("{key: m, name: 材料, lines: {kind: material}, per: stay, eligible: 60}", [(100 - 30) / 2, (100 - 30) / 2]),
        ("{key: m, name: 材料, lines: {kind: material}, per: year, eligible: 100}", [50, (100 - 80) / 2]),
        ("{key: m, name: 材料, lines: {kind: material}, per: drug, eligible: 60}", [50, (100 - 40 - 20) / 2]),
        ("{key: m, name: 检查, lines: {kind: material}, per: year, count: 3}", [50, (100 - 40) / 2]),
        ("{key: m, name: 材料, lines: {kind: material}, per: year, payable: 50}", [50, 50 - 40]),
        ("{key: m, name: 材料, lines: {kind: material}, per: item, payable: 22}", [50 - 3, 50 - 3]),
        ("{key: m, name: 材料, lines: {kind: material}, per: stay, payable: 10}", [50 - 35, 50 - 35]),
        ("{key: m, name: 材料, lines: {kind: material}, per: drug, payable: 30}", [50, 50 - 20 - 10]),
    ],
)
def test_limits_inside_a_responsibility(limit: str, pays: list[float]) -> None:
    """Two equal bills of 100 yuan: material M1 50, material M2 40 … less what the limit keeps out."""
    lines = (
        BillLine(yuan(50), code="M1", kind="material"),
        BillLine(yuan(40), code="M2", kind="material"),
        BillLine(yuan(10), code="D", kind="drug"),
    )
    bill = Bill(out_of_catalogue_fen=yuan(100), lines=lines)
    assert paid(plan_of(LIMITED.replace("LIMIT", limit)), bill, bill) == [yuan(p) for p in pays]


def test_a_residual_pays_on_what_others_left_with_their_deductibles() -> None:
    plan = plan_of("""
    - {key: a, name: 责任一, base: [{amount: in_scope}], deductible: 100, rate: 0.5}
    - {key: b, name: 责任二, base: [{amount: out_of_catalogue}], rate: 0.2}
    - {key: rest, name: 再保障, base: [{residual_of: [a, b]}], deductible: 50, rate: 0.5}
    """)
    (decision,) = run(plan, Bill(in_scope_fen=yuan(300), out_of_catalogue_fen=yuan(100)))
    # a pays 100 of 300, b pays 20 of 100; 280 are left, 50 are borne, half of 230 is paid
    assert [r.payable_fen for r in decision.responsibilities] == [yuan(100), yuan(20), yuan(115)]


def test_a_lump_sum_is_paid_once_a_year_for_the_diagnosis_and_what_was_paid_does_not_limit_it() -> None:
    plan = plan_of("- {key: cancer, name: 重疾给付, if: {diagnosis: C00-C97}, lump_sum: 20000}")
    ill, other = Bill(in_scope_fen=100, diagnoses=("C34.9",)), Bill(in_scope_fen=100, diagnoses=("J18.0",))
    decisions = run(plan, other, ill, ill)
    assert [d.payable_fen for d in decisions] == [0, yuan(20_000), 0]
    assert decisions[1].remaining_fen == 100  # a benefit, not compensation


def test_a_lump_sum_of_one_fen_is_also_paid_only_once_and_shares_the_total_cap() -> None:
    text = "- {key: a, name: a, lump_sum: AMOUNT}\n- {key: b, name: b, lump_sum: 80}"
    assert paid(plan_of(text.replace("AMOUNT", "0.01")), Bill(), Bill()) == [8_001, 0]
    capped = plan_of(text.replace("AMOUNT", "70"), "total_cap: 100\n")
    (decision,) = run(capped, Bill())
    assert [r.payable_fen for r in decision.responsibilities] == [yuan(70), yuan(30)]
    assert [(r.base_fen, r.deductible_fen) for r in decision.responsibilities] == [(0, 0), (0, 0)]
    assert decision.year_after.running["b"] == Accumulator(0, 0, yuan(30))
    assert decision.year_after.pools == {"cap:total": yuan(100)}


def test_a_lump_sum_that_is_compensation_is_limited_by_what_was_paid() -> None:
    plan = plan_of("""
    - {key: a, name: a, base: [{amount: in_scope}], rate: 0.5}
    - {key: b, name: b, lump_sum: 80, compensation: true, stay_cap: 70}
    """)
    (decision,) = run(plan, in_scope(100))
    assert [r.payable_fen for r in decision.responsibilities] == [yuan(50), yuan(50)]
    assert run(plan, in_scope(1_000))[0].payable_of("b") == yuan(70)


def test_a_lump_sum_may_depend_on_age() -> None:
    plan = plan_of("""
    - key: add_on
      name: 特定疾病
      if: {diagnosis: C00-C97}
      lump_sum: 2000
      adjustments: [{name: 40岁以下, kind: other, if: {age: {max: 39}}, amount: 200000}]
    """)
    bill = Bill(diagnoses=("C50",), admitted_on=date(2026, 5, 1))
    assert paid(plan, bill, person=Person("a", birth_date=date(1986, 5, 1))) == [yuan(2_000)]
    assert paid(plan, bill, person=Person("a", birth_date=date(1986, 5, 2))) == [yuan(200_000)]


ADJUSTED = """
- key: own
  name: x
  base: [{amount: in_scope}]
  deductible: 1000
  bands: [{from: 0, to: 5000, rate: 0.5}, {from: 5000, rate: 0.9}]
  cap: 100000
  adjustments: [{name: n, kind: other, if: {place: elsewhere}, CHANGE}]
"""


@pytest.mark.parametrize(
    ("change", "pays"),
    [
        ("rate: 0.2", 9_000 * 0.2),
        ("rate_add: -10%", 4_000 * 0.4 + 5_000 * 0.8),
        ("rate_add: 0.2", 4_000 * 0.7 + 5_000),  # 110 % is 100 %
        ("rate_add: -0.6", 5_000 * 0.3),  # never below nothing
        ("rate_factor: 0.5", 4_000 * 0.25 + 5_000 * 0.45),
        ("bands: [{from: 2000, rate: 1}]", 8_000),
        ("deductible: 0", 5_000 * 0.5 + 5_000 * 0.9),
        ("deductible_add: 1000", 3_000 * 0.5 + 5_000 * 0.9),
        ("deductible_add: -5000", 5_000 * 0.5 + 5_000 * 0.9),
        ("deductible_factor: 0.5", 4_500 * 0.5 + 5_000 * 0.9),
        ("cap: 6000", 6_000),
        ("cap: none", 4_000 * 0.5 + 5_000 * 0.9),
        ("stay_cap: 5000", 5_000),
        ("covered: false", 0),
    ],
)
def test_an_adjustment_changes_the_terms_only_where_its_condition_holds(change: str, pays: float) -> None:
    plan = plan_of(ADJUSTED.replace("CHANGE", change))
    assert paid(plan, in_scope(10_000)) == [yuan(4_000 * 0.5 + 5_000 * 0.9)]
    assert paid(plan, in_scope(10_000, place="elsewhere")) == [yuan(pays)]


def test_terms_that_change_within_the_year_never_take_money_back_nor_pay_above_the_bill() -> None:
    plan = plan_of(ADJUSTED.replace("CHANGE", "deductible: 9000"))
    first, second = paid(plan, in_scope(10_000), in_scope(3_000, place="elsewhere"))
    assert first == yuan(6_500)
    assert second == 0  # 3,000 of the higher deductible are still to be borne


def test_compensation_never_exceeds_what_the_person_really_paid() -> None:
    plan = plan_of("""
    - {key: a, name: a, base: [{amount: in_scope_after_layers}], rate: 1}
    - {key: b, name: b, base: [{amount: out_of_catalogue}], rate: 1}
    """)
    parts = {"in_scope_fen": yuan(100), "out_of_catalogue_fen": yuan(50), "basic_fund_paid_fen": yuan(40)}
    assert run(plan, Bill(**parts))[0].payable_fen == yuan(110)  # type: ignore[arg-type]  # fen by name
    with_other = run(plan, Bill(**parts, other_insurers_paid_fen=yuan(30)))[0]  # type: ignore[arg-type]  # fen by name
    assert [r.payable_fen for r in with_other.responsibilities] == [yuan(60), yuan(20)]
    assert run(plan, Bill(**parts, hospital_borne_fen=yuan(25)))[0].payable_fen == yuan(85)  # type: ignore[arg-type]  # fen by name
    cash = run(plan, Bill(**parts, cash_paid_fen=yuan(10), account_paid_fen=yuan(5)))[0]  # type: ignore[arg-type]  # fen by name
    assert (cash.payable_fen, cash.personal_fen, cash.remaining_fen) == (yuan(15), yuan(15), 0)


def test_a_responsibility_that_is_no_compensation_is_not_limited() -> None:
    plan = plan_of("- {key: a, name: a, base: [{amount: in_scope}], rate: 1, compensation: false}")
    assert paid(plan, in_scope(100, basic_fund_paid_fen=yuan(90))) == [yuan(100)]


DIAGNOSES = "preexisting: {rule: diagnoses, diagnoses: [C00-C97, N18], source: 条款 DETAIL}\n"
TWO_RATES = """
- key: own
  name: x
  base: [{amount: in_scope}]
  rate: 0.8
  adjustments: [{name: 既往症, kind: preexisting, if: {preexisting: true}, rate: 0.3}]
"""


def test_pre_existing_by_diagnosis_known_before_cover_began() -> None:
    plan = plan_of(TWO_RATES, DIAGNOSES.replace("DETAIL", ""))
    cover = {"cover_from": date(2026, 1, 1)}
    before = Person("a", known_diagnoses=(DatedCode("C34.1", date(2025, 12, 31)),), **cover)  # type: ignore[arg-type]  # a date
    after = Person("a", known_diagnoses=(DatedCode("C34.1", date(2026, 1, 1)),), **cover)  # type: ignore[arg-type]  # a date
    other = Person("a", known_diagnoses=(DatedCode("D10", date(2020, 1, 1)),), **cover)  # type: ignore[arg-type]  # a date
    assert [paid(plan, in_scope(100), person=p)[0] for p in (before, after, other)] == [3000, 8000, 8000]


def test_pre_existing_for_the_same_disease_only() -> None:
    plan = plan_of(TWO_RATES, DIAGNOSES.replace("DETAIL", "").replace("}", ", same_disease_only: true}"))
    person = Person("a", known_diagnoses=(DatedCode("N18.5", date(2020, 1, 1)),), cover_from=date(2026, 1, 1))
    kidney, lung = in_scope(100, diagnoses=("N18.9",)), in_scope(100, diagnoses=("C34",))
    assert paid(plan, kidney, lung, person=person) == [3000, 8000]


def test_of_diagnoses_too_only_those_of_the_years_looked_back_count() -> None:
    """100 yuan at 30 % or at 80 %. Cover from 1 January 2026: two whole years before it end on 1 January 2024."""
    plan = plan_of(TWO_RATES, DIAGNOSES.replace("DETAIL", "").replace("}", ", within_years: 2}"))

    def pays(*known: DatedCode) -> int:
        return paid(plan, in_scope(100), person=Person("a", known_diagnoses=known, cover_from=date(2026, 1, 1)))[0]

    recent, old = DatedCode("C34", date(2024, 1, 2)), DatedCode("C34", date(2024, 1, 1))
    undated = DatedCode("N18.5", LONG_AGO)
    assert [pays(recent), pays(old), pays(old, recent), pays(undated, recent)] == [3000, 8000, 3000, 3000]
    with pytest.raises(BadValue, match=r"person\.known_diagnoses: has N18\.5 without its day"):
        pays(undated)
    assert pays(DatedCode("J18", LONG_AGO)) == 8000  # not on the plan's list, whenever it was


EARLIER = """
preexisting:
  {rule: earlier_benefit, benefits: [critical_illness], within_years: 2, lifted_after_years: 3, source: 条款}
"""


def test_pre_existing_by_a_benefit_within_two_years_before_cover() -> None:
    plan = plan_of(TWO_RATES, EARLIER)

    def pays(code: str, on: date, years: int = 1) -> int:
        person = Person(
            "a", earlier_benefits=(DatedCode(code, on),), cover_from=date(2026, 1, 1), continuous_years=years
        )
        return paid(plan, in_scope(100), person=person)[0]

    assert pays("critical_illness", date(2024, 1, 2)) == 3000
    assert pays("critical_illness", date(2024, 1, 1)) == 8000  # two whole years ago
    assert pays("basic_fund", date(2025, 6, 1)) == 8000
    assert pays("critical_illness", date(2025, 6, 1), years=3) == 3000
    assert pays("critical_illness", date(2025, 6, 1), years=4) == 8000  # lifted


def test_the_status_a_person_carries_wins_over_the_rule() -> None:
    plan = plan_of(TWO_RATES, DIAGNOSES.replace("DETAIL", ""))
    ill = (DatedCode("C34", date(2020, 1, 1)),)
    assert paid(plan, in_scope(100), person=Person("a", preexisting=False, known_diagnoses=ill)) == [8000]
    assert paid(plan, in_scope(100), person=Person("a", preexisting=True)) == [3000]


def test_who_was_healthy_at_first_cover_stays_so_while_continuous() -> None:
    person = Person(
        "a",
        known_diagnoses=(DatedCode("C34", date(2025, 5, 1)),),
        cover_from=date(2026, 1, 1),
        first_cover_from=date(2025, 1, 1),
    )
    assert paid(plan_of(TWO_RATES, DIAGNOSES.replace("DETAIL", "")), in_scope(100), person=person) == [3000]
    from_first = DIAGNOSES.replace("DETAIL", "").replace("}", ", counted_from: first_cover}")
    assert paid(plan_of(TWO_RATES, from_first), in_scope(100), person=person) == [8000]


def test_an_assisted_persons_cap_is_lifted_and_the_explanation_says_so() -> None:
    plan = plan_of("""
    - key: own
      name: x
      base: [{amount: in_scope}]
      rate: 1
      cap: 10
      adjustments: [{name: 倾斜, kind: tilt, if: {assistance: 低保}, cap: none}]
    """)
    assert paid(plan, in_scope(30)) == [1000]
    (decision,) = run(plan, in_scope(30), person=Person("a", assistance=frozenset({"低保"})))
    assert decision.payable_fen == 3000
    assert "适用“倾斜”：不设年度限额。" in [step.zh for step in decision.trace]


def test_terms_may_ask_which_layer_paid_on_the_bill() -> None:
    plan = plan_of("""
    - key: own
      name: x
      base: [{amount: in_scope_after_layers}]
      deductible: 50
      rate: 1
      adjustments: [{name: 大病后, kind: other, if: {paid_by: critical_illness}, deductible: 0}]
    """)
    assert paid(plan, in_scope(100, basic_fund_paid_fen=1000)) == [yuan(40)]
    assert paid(plan, in_scope(100, critical_illness_paid_fen=1000)) == [yuan(90)]


def test_nothing_is_insured_in_the_waiting_period_but_an_injury() -> None:
    more = "waiting_period: [{days: 60, if: {continuous_years: 1}, except_encounters: [injury], source: 条款}]\n"
    plan = plan_of("- {key: own, name: x, base: [{amount: in_scope}], rate: 1}", more)
    new = Person("a", cover_from=date(2026, 1, 1))
    day_60, day_61 = date(2026, 3, 1), date(2026, 3, 2)
    assert paid(plan, in_scope(1, admitted_on=day_60), person=new) == [0]
    assert paid(plan, in_scope(1, admitted_on=day_61), person=new) == [100]
    assert paid(plan, in_scope(1, admitted_on=day_60, encounter_type="injury"), person=new) == [100]
    old = Person("a", cover_from=date(2026, 1, 1), continuous_years=2)
    assert paid(plan, in_scope(1, admitted_on=day_60), person=old) == [100]
    (refused,) = run(plan, in_scope(1, admitted_on=day_60), person=new)
    assert (refused.covered, refused.refusals) == (False, ("waiting_period",))


def test_a_refused_bill_does_not_move_the_year() -> None:
    plan = plan_of(SIMPLE, "exclusions: [{key: third_party, name: 第三人, if: {bill_tags: third_party}}]\n")
    decisions = run(plan, in_scope(20_000, tags=frozenset({"third_party"})), in_scope(20_000))
    assert decisions[0].refusals == ("exclusion:third_party",)
    assert [d.payable_fen for d in decisions] == [0, yuan(4_000)]


def test_excluded_lines_are_taken_out_of_their_amounts() -> None:
    more = "exclusions: [{key: vaccine, name: 疫苗, lines: {tags: vaccine}}]\n"
    plan = plan_of("- {key: own, name: x, base: [{amount: in_scope}, {amount: out_of_catalogue}], rate: 1}", more)
    line = BillLine(yuan(30), out_of_catalogue_fen=yuan(10), tags=frozenset({"vaccine"}))
    assert paid(plan, in_scope(100, out_of_catalogue_fen=yuan(50), lines=(line,))) == [yuan(80 + 40)]


@pytest.mark.parametrize(
    ("day", "covered"),
    [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_cover_is_half_open(day: date, covered: bool) -> None:
    person = Person("a", cover_from=date(2026, 1, 1), cover_to=date(2027, 1, 1))
    (decision,) = run(plan_of(SIMPLE), in_scope(20_000, admitted_on=day), person=person)
    assert decision.covered is covered
    assert decision.refusals == (() if covered else ("outside_cover",))


def test_a_fact_the_terms_ask_for_but_nobody_knows_is_an_error_that_says_what_to_give() -> None:
    plan = plan_of(SIMPLE.replace("cap:", "if: {age: {min: 60}}\n  cap:"))
    with pytest.raises(BadValue, match=r"person.birth_date \(or age\): is not known"):
        run(plan, in_scope(1))
    assert paid(plan, in_scope(20_000), person=Person("a", age=60)) == [yuan(4_000)]
    assert paid(plan, in_scope(20_000), person=Person("a", age=59)) == [0]


def test_the_same_bill_is_not_taken_twice() -> None:
    with pytest.raises(BadValue, match=r"bill\.id: b1 is already in this year"):
        run(plan_of(SIMPLE), in_scope(1, id="b1"), in_scope(1, id="b1"))


@pytest.mark.parametrize(
    ("bill", "error", "text"),
    [
        (Bill(in_scope_fen=-1), AmountOutOfRange, "bill.in_scope_fen: -1 fen"),
        (Bill(in_scope_fen=10**12 + 1), AmountOutOfRange, "bill.in_scope_fen"),
        (Bill(in_scope_fen=10**12, out_of_catalogue_fen=10**12), AmountOutOfRange, "bill.total_fen"),
        (Bill(in_scope_fen=1.5), BadValue, "expected whole fen"),  # type: ignore[arg-type]  # the fault under test
        (Bill(lines=(BillLine(10, out_of_catalogue_fen=11),)), BadValue, "is above the line's amount"),
        (
            Bill(admitted_on=date(2026, 2, 2), discharged_on=date(2026, 2, 1)),
            BadValue,
            "discharge lies before admission",
        ),
    ],
)
def test_amounts_and_dates_that_cannot_be_are_refused_by_name(bill: Bill, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        run(plan_of(SIMPLE), bill)


def test_conditions_combine_any_and_not() -> None:
    plan = plan_of("""
    - key: own
      name: x
      if:
        any: [{encounter_type: [inpatient, chronic_outpatient]}, {bill_tags: day_surgery}]
        not: {hospital_level: "1"}
      base: [{amount: in_scope}]
      rate: 1
    """)
    assert paid(
        plan,
        in_scope(1),
        in_scope(1, encounter_type="outpatient"),
        in_scope(1, encounter_type="outpatient", tags=frozenset({"day_surgery"})),
        in_scope(1, hospital_level="1"),
    ) == [100, 0, 100, 0]


def test_premium_by_age_class_is_the_first_line_that_fits() -> None:
    plan = load_plan("jinan/qilu-2025", on=date(2025, 1, 1))
    ages = {23: 59, 24: 139, 60: 139, 61: 169}
    assert {age: premium_fen(plan, Person("a", age=age)) // 100 for age in ages} == ages
    with pytest.raises(BadValue, match="birth_date"):
        premium_fen(plan, Person("a"))


def test_li_claims_on_the_sanmenxia_plan() -> None:
    """Li, two years claim-free: deductible 14,000 and 77 %; her mother on assistance: 7,500 and 80 %."""
    plan = load_plan("sanmenxia/huiminbao", on=date(2026, 3, 1))
    bill = Bill(in_scope_fen=yuan(100_000), basic_fund_paid_fen=yuan(50_000), class_b_first_fen=yuan(2_000))
    li = Person("li", preexisting=False, continuous_years=2, claim_free_years=1)
    mother = Person("mother", preexisting=False, assistance=frozenset({"低保"}))
    assert paid(plan, bill, person=li) == [yuan(38_000 * 0.77)]
    assert paid(plan, bill, person=mother) == [yuan(44_500 * 0.80)]
    assert paid(plan, bill, person=LI) == [yuan(37_000 * 0.75)]
