"""The trace: whole sentences in Chinese and English, and numbers from which each step can be recomputed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from benefits import Bill, BillLine, Decision, Person, TraceStep, YearSoFar, adjudicate, load_plan
from tests.benefits.helpers import LI, plan_of, run, yuan

SANMENXIA = load_plan("sanmenxia/huiminbao", on=date(2026, 3, 1))


def zh(decision: Decision) -> list[str]:
    return [step.zh for step in decision.trace]


def steps(decision: Decision, kind: str) -> list[TraceStep]:
    return [step for step in decision.trace if step.kind == kind]


def test_li_reads_how_each_yuan_was_computed() -> None:
    bill = Bill(in_scope_fen=yuan(100_000), basic_fund_paid_fen=yuan(50_000), class_b_first_fen=yuan(2_000))
    li = Person("li", preexisting=False, continuous_years=2, claim_free_years=1)
    decision = adjudicate(SANMENXIA, li, YearSoFar(), bill)
    assert zh(decision) == [
        "基本医疗保险已经报销50,000.00元。",
        "计入“合规自付医疗费用”的费用共52,000.00元：目录内费用经各项医保报销后的个人自付50,000.00元；乙类先行自付2,000.00元。",
        "适用“连续参保一年无赔付”：起付线由15,000.00元变为14,000.00元，赔付比例由75%变为77%。",
        "起付线全年14,000.00元，本次由您先承担14,000.00元，余下38,000.00元可以赔付。",
        "38,000.00元按77%赔付，得29,260.00元。",
        "“合规自付医疗费用”本次赔付29,260.00元。",
        "本次共赔付29,260.00元。您本次自己付出52,000.00元，赔付后自己承担22,740.00元。",
    ]
    assert decision.trace[2].en == (
        "“one claim-free year” applies: the deductible changes from 15,000.00 to 14,000.00 yuan, "
        "the rate changes from 75% to 77%."
    )
    assert decision.trace[3].clause == "三(三)1"
    assert decision.trace[2].reward == "连续参保一年无赔付"


def test_each_band_has_its_own_step_and_they_add_up() -> None:
    plan = load_plan("shandong/critical-illness-2015", on=date(2015, 6, 1))
    (decision,) = run(plan, Bill(in_scope_fen=yuan(250_000)))
    bands = steps(decision, "band")
    assert [(b.band, b.rate, b.base_fen, b.result_fen) for b in bands] == [
        ("12,000.00-100,000.00", "0.5", yuan(88_000), yuan(44_000)),
        ("100,000.00-200,000.00", "0.6", yuan(100_000), yuan(60_000)),
        ("200,000.00-", "0.65", yuan(50_000), yuan(32_500)),
    ]
    assert sum(b.result_fen for b in bands) == decision.payable_fen
    assert bands[0].zh == "累计费用12,000.00元至100,000.00元的部分，88,000.00元按50%赔付，得44,000.00元。"
    assert (
        bands[2].en
        == "In the part of the year's costs from 200,000.00 up yuan: 50,000.00 yuan at 65% give 32,500.00 yuan."
    )


def test_the_second_bill_says_what_of_the_deductible_is_used_and_where_its_bands_begin() -> None:
    plan = load_plan("shandong/critical-illness-2015", on=date(2015, 6, 1))
    _, second = run(plan, Bill(in_scope_fen=yuan(90_000)), Bill(in_scope_fen=yuan(20_000)))
    assert "起付线全年12,000.00元此前已经用完，本次20,000.00元全部可以赔付。" in zh(second)
    assert [(b.base_fen, b.rate) for b in steps(second, "band")] == [(yuan(10_000), "0.5"), (yuan(10_000), "0.6")]


def test_bands_after_the_deductible_are_named_so() -> None:
    bands = "bands: [{from: 0, to: 100, rate: 0.5}, {from: 100, rate: 0.6}], band_basis: after_deductible"
    plan = plan_of(f"- {{key: a, name: 甲, base: [{{amount: in_scope}}], deductible: 50, {bands}}}")
    first, second = run(plan, Bill(in_scope_fen=yuan(170)), Bill(in_scope_fen=yuan(10)))
    assert [b.base_fen for b in steps(first, "band")] == [yuan(100), yuan(20)]
    assert steps(first, "band")[0].zh.startswith("起付线以上0.00元至100.00元的部分，")
    assert [b.base_fen for b in steps(second, "band")] == [yuan(10)]


def test_a_cap_says_what_it_took_away() -> None:
    plan = plan_of("- {key: a, name: 甲, base: [{amount: in_scope}], rate: 1, cap: 100}", "total_cap: 80\n")
    (decision,) = run(plan, Bill(in_scope_fen=yuan(150)))
    caps = steps(decision, "cap")
    assert [c.zh for c in caps] == [
        "全年最高赔付100.00元，因此由150.00元减为100.00元。",
        "“年度总限额”为80.00元，因此由100.00元减为80.00元。",
    ]
    assert [c.cap_fen for c in caps] == [yuan(100), yuan(80)]


def test_stay_caps_limits_and_compensation_are_told() -> None:
    plan = plan_of(
        """
        - key: a
          name: 甲
          base: [{amount: out_of_catalogue}]
          rate: 1
          stay_cap: 90
          limits:
            - {key: m, name: 材料限额, lines: {kind: material}, per: stay, eligible: 20}
            - {key: p, name: 药品限额, lines: {kind: drug}, per: year, payable: 30}
        """
    )
    lines = (BillLine(yuan(50), kind="material"), BillLine(yuan(50), kind="drug"))
    (decision,) = run(plan, Bill(out_of_catalogue_fen=yuan(150), cash_paid_fen=yuan(80), lines=lines))
    told = "\n".join(zh(decision))
    assert "“材料限额”有限额，超出的30.00元不计入。" in told
    assert "单次赔付最高90.00元，因此由120.00元减为90.00元。" in told
    assert "赔付不超过您实际自己付出的金额（已扣除其他保险赔付），因此由90.00元减为80.00元。" in told
    assert "“药品限额”最高赔付30.00元" in told
    assert steps(decision, "compensation")[0].result_fen == yuan(80)


def test_refusals_and_pre_existing_terms_are_told() -> None:
    overseas = adjudicate(SANMENXIA, LI, YearSoFar(), Bill(in_scope_fen=100, place="overseas"))
    assert zh(overseas)[0] == "本次费用属于“境外就医”，不在保障范围内，不予赔付。"
    assert overseas.trace[0].clause == "社会保险法第三十条"
    ill = adjudicate(SANMENXIA, Person("a", preexisting=True), YearSoFar(), Bill(in_scope_fen=yuan(20_000)))
    assert "按照规则，本次按既往症人群的待遇计算。" in zh(ill)
    assert "适用“既往症人群”：赔付比例由75%变为30%。" in zh(ill)
    gone = adjudicate(SANMENXIA, Person("a", cover_to=date(2026, 1, 1)), YearSoFar(), Bill(in_scope_fen=100))
    assert zh(gone)[0] == "本次费用不在您的保障期内，不予赔付。"


def test_a_waiting_period_names_its_last_day() -> None:
    plan = plan_of(
        "- {key: a, name: 甲, base: [{amount: in_scope}], rate: 1}", "waiting_period: [{days: 60, source: 第五条}]\n"
    )
    new = Person("a", cover_from=date(2026, 1, 1))
    (decision,) = run(plan, Bill(in_scope_fen=1, admitted_on=date(2026, 1, 2)), person=new)
    assert zh(decision)[0] == "保障开始后的前60天是等待期，2026-03-02起的费用才能赔付。"
    assert decision.trace[0].clause == "第五条"


def test_simulated_layers_shared_deductibles_drugs_and_lump_sums_are_told() -> None:
    waiting = Person("a", preexisting=False, in_waiting_period=True)
    decision = adjudicate(SANMENXIA, waiting, YearSoFar(), Bill(in_scope_fen=yuan(30_000), hospital_level="2"))
    assert zh(decision)[0] == (
        "基本医疗保险本次按规定模拟计算：以30,000.00元为基数，先扣起付线600.00元，视同已报销19,110.00元。"
    )
    plan = plan_of(
        """
        - {key: a, name: 甲, base: [{amount: in_scope, factor: 50%}], shared_deductible: home, rate: 0.5}
        - {key: d, name: 特药, base: [{lines: {list: drugs}}], per: drug, rate: 0.5}
        - {key: l, name: 给付, if: {diagnosis: C34}, lump_sum: 100}
        - {key: r, name: 再保障, base: [{residual_of: [a]}], rate: 0.5}
        """,
        """
        pools: {deductibles: {home: {name: 家, amount: 10, shared_by: family}}}
        lists: {drugs: {name: 特药目录, items: [{code: D1}]}}
        """,
    )
    bill = Bill(
        in_scope_fen=yuan(100), out_of_catalogue_fen=yuan(8), lines=(BillLine(yuan(8), code="D1"),), diagnoses=("C34",)
    )
    told = zh(run(plan, bill)[0])
    assert "计入“甲”的费用共50.00元：医保政策范围内费用按50%计入50.00元。" in told
    assert "起付线全年10.00元（全家共用），本次由您先承担10.00元，余下40.00元可以赔付。" in told
    assert "药品D1：8.00元。" in told
    assert "“给付”：一次性给付100.00元。" in told
    assert "计入“再保障”的费用共30.00元：甲赔付后的剩余费用30.00元。" in told


def test_an_uncovered_class_is_told_so() -> None:
    text = """
    - key: a
      name: 甲
      base: [{amount: in_scope}]
      rate: 1
      adjustments: [{name: 既往症, kind: preexisting, if: {preexisting: true}, covered: false}]
    """
    (decision,) = run(plan_of(text), Bill(in_scope_fen=100), person=Person("a", preexisting=True))
    assert "适用“既往症”：不予赔付。" in zh(decision)
    assert decision.payable_fen == 0


def test_every_step_speaks_both_languages_and_rates_are_exact_decimals() -> None:
    bill = Bill(in_scope_fen=yuan(80_000), out_of_catalogue_fen=yuan(40_000), special_drug_fen=yuan(3_000))
    decision = adjudicate(SANMENXIA, LI, YearSoFar(), bill)
    for step in decision.trace:
        assert step.zh.endswith("。") and step.en.endswith(".")
        assert step.rate is None or str(Decimal(step.rate).normalize()) in (step.rate, "1")
    assert steps(decision, "result")[-1].result_fen == decision.payable_fen


def test_rounding_is_named_where_a_half_fen_was_rounded() -> None:
    plan = plan_of("- {key: a, name: 甲, base: [{amount: in_scope}], rate: 0.5}")
    (odd,) = run(plan, Bill(in_scope_fen=101))
    (even,) = run(plan, Bill(in_scope_fen=100))
    assert steps(odd, "band")[0].rounding == "half_up_to_fen"
    assert steps(even, "band")[0].rounding is None
