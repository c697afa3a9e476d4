"""The receipt: from what she paid herself to what is paid, each difference one line, to the fen.

You paid yourself                40,280.00
− Cost outside the catalogue     12,340.00    Reasonable self-pay, below its deductible: … 7,660.00 left
− Part above price limits           860.00
= Counts as Compliant self-pay   27,080.00
− Deductible of the year         15,000.00
− Own share, 25%                  3,020.00
Paid                              9,060.00
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import benefits
from benefits import Bill, BillLine, Decision, Person, Receipt, YearSoFar, adjudicate, load_plan
from benefits.book import Book
from benefits.files.load import load_text
from tests.benefits import strategies
from tests.benefits.helpers import plan_of, yuan

DAY = date(2026, 6, 1)
SANMENXIA = load_plan("sanmenxia/huiminbao", on=date(2026, 3, 1))
LI = Person("李秀兰", birth_date=date(1956, 3, 1), cover_from=date(2026, 1, 1), known_diagnoses=())
HIP = Bill(
    in_scope_fen=yuan(68_000),
    class_b_first_fen=yuan(5_000),
    over_limit_fen=yuan(860),
    out_of_catalogue_fen=yuan(12_340),
    basic_fund_paid_fen=yuan(45_920),
    admitted_on=date(2026, 3, 2),
)


def told(receipt: Receipt, language: str = "en") -> list[str]:
    """ "− Own share, 25% 3,020.00", as it stands on the page."""
    signs = {"-": "− ", "+": "+ ", "=": "= "}
    return [f"{signs[one.sign]}{getattr(one, language)} {benefits.money.yuan(one.amount_fen)}" for one in receipt.lines]


def adds_up(decision: Decision) -> bool:
    receipt = decision.receipt
    signed = {"-": -1, "+": 1, "=": 0}
    moved = sum(signed[line.sign] * line.amount_fen for line in receipt.lines)
    return receipt.start_fen + moved == receipt.paid_fen == decision.payable_fen


def decided(bill: Bill, person: Person = LI, year: YearSoFar | None = None, plan: Any = SANMENXIA) -> Decision:
    decision = adjudicate(plan, person, year or YearSoFar(), bill)
    assert adds_up(decision)
    return decision


def test_li_paid_40280_for_her_hip_and_gets_9060() -> None:
    receipt = decided(HIP).receipt
    assert receipt.start_fen == yuan(40_280)
    assert told(receipt) == [
        "− Cost outside the catalogue 12,340.00",
        "− Part above price limits 860.00",
        "= Counts as Compliant self-pay 27,080.00",
        "− Deductible of the year 15,000.00",
        "− Own share, 25% 3,020.00",
    ]
    outside = receipt.lines[0]
    assert outside.note_en == (
        "Reasonable self-pay, below its deductible: 20,000.00 yuan a year, 12,340.00 used now, 7,660.00 left"
    )
    assert (
        outside.note_zh
        == "按“合理自费医疗费用”计算，没有达到起付线：一年20,000.00元，这次用了12,340.00元，还差7,660.00元"
    )
    assert receipt.paid_fen == yuan(9_060)


def test_the_same_in_chinese() -> None:
    assert told(decided(HIP).receipt, "zh") == [
        "− 医保目录外自费 12,340.00",
        "− 超过限价的部分 860.00",
        "= 计入“合规自付医疗费用” 27,080.00",
        "− 今年的起付线 15,000.00",
        "− 自己承担25% 3,020.00",
    ]


class TestSeventyThousandAndNothing:
    """Zhang paid 70,000.00 and gets nothing: what counted, what the deductible is, how much is used up and left."""

    def test_what_counts_lies_below_the_deductible(self) -> None:
        """12,000.00 inside the catalogue, 18,000.00 outside it, 40,000.00 above price limits."""
        bill = Bill(in_scope_fen=yuan(12_000), out_of_catalogue_fen=yuan(18_000), over_limit_fen=yuan(40_000))
        receipt = decided(replace(bill, admitted_on=DAY)).receipt
        assert receipt.start_fen == yuan(70_000)
        assert told(receipt) == [
            "− Cost inside the catalogue 12,000.00",
            "− Part above price limits 40,000.00",
            "= Counts as Reasonable self-pay 18,000.00",
            "− Deductible of the year 18,000.00",
        ]
        inside, _, _, deductible = receipt.lines
        assert (
            inside.note_en
            == "Compliant self-pay, below its deductible: 15,000.00 yuan a year, 12,000.00 used now, 3,000.00 left"
        )
        assert deductible.note_en == "20,000.00 yuan a year, 18,000.00 used now, 2,000.00 left"
        assert (deductible.yearly_fen, deductible.before_fen, deductible.left_fen) == (yuan(20_000), 0, yuan(2_000))
        assert [one.en for one in receipt.ahead] == [
            (
                "Compliant self-pay: 3,000.00 yuan of this year's deductible are left. Later costs of this kind count "
                "towards them first; what is above is paid at 75%."
            ),
            (
                "Reasonable self-pay: 2,000.00 yuan of this year's deductible are left. Later costs of this kind count "
                "towards them first; what is above is paid at 50%."
            ),
        ]

    def test_the_second_stay_uses_up_what_the_first_left(self) -> None:
        first = decided(Bill(id="b1", in_scope_fen=yuan(12_000), admitted_on=DAY))
        assert told(first.receipt) == ["− Deductible of the year 12,000.00"]
        second = decided(Bill(id="b2", in_scope_fen=yuan(7_000), admitted_on=DAY), year=first.year_after)
        assert told(second.receipt) == ["− Deductible of the year 3,000.00", "− Own share, 25% 1,000.00"]
        assert second.receipt.lines[0].note_zh == "一年15,000.00元，以前用了12,000.00元，这次用完"
        assert (
            second.receipt.ahead[0].zh
            == "“合规自付医疗费用”的起付线今年已经用完：以后看病，同类费用从第一元起按75%赔付。"
        )


class TestFeeLinesThatAreNotInsured:
    WARD = BillLine(yuan(3_000), name="特需病房差价", tags=frozenset({"special_service"}))
    CARE = BillLine(yuan(1_200), name="护工费", catalogue="A", tags=frozenset({"nursing"}))

    def test_each_is_a_line_with_its_place_on_the_bill(self) -> None:
        bill = replace(HIP, lines=(self.CARE, BillLine(yuan(9_000), name="关节"), self.WARD))
        receipt = decided(bill).receipt
        taken = [line for line in receipt.lines if line.kind == "excluded"]
        assert [(line.subject, line.place, line.amount_fen) for line in taken] == [
            ("nursing", 0, yuan(1_200)),
            ("special_services", 2, yuan(3_000)),
        ]
        assert taken[0].en == "Not paid for: companions, care workers, nursing and herb boiling"
        assert receipt.paid_fen == yuan(8_160)  # (27,080 − 1,200 − 15,000) × 75 %

    def test_what_a_fund_paid_of_such_a_line_is_not_hers_to_miss(self) -> None:
        """Of 10,000.00 the fund paid 9,500.00: 500.00 of the care worker's 1,200.00 were hers."""
        bill = Bill(in_scope_fen=yuan(10_000), basic_fund_paid_fen=yuan(9_500), admitted_on=DAY, lines=(self.CARE,))
        receipt = decided(bill).receipt
        assert told(receipt) == ["− Not paid for: companions, care workers, nursing and herb boiling 500.00"]
        assert receipt.lines[0].note_en == "the rest was paid by public insurance"


def test_a_third_party_pays_so_one_line_says_all() -> None:
    receipt = decided(replace(HIP, tags=frozenset({"third_party"}))).receipt
    assert told(receipt) == ["− Not paid for: costs a third party must bear 40,280.00"]
    assert receipt.ahead == ()


def test_whoever_waits_for_the_basic_insurance_sees_what_counts_as_paid() -> None:
    """100,000.00 at a level-3 hospital: 59,280.00 and 17,832.00 count as paid, 22,888.00 are left to count."""
    bill = Bill(in_scope_fen=yuan(100_000), hospital_level="3", admitted_on=DAY)
    receipt = decided(bill, replace(LI, in_waiting_period=True)).receipt
    assert receipt.start_fen == yuan(100_000)
    assert told(receipt) == [
        "− Counted as paid by basic medical insurance 59,280.00",
        "− Counted as paid by critical illness insurance 17,832.00",
        "= Counts as Compliant self-pay 22,888.00",
        "− Deductible of the year 15,000.00",
        "− Own share, 25% 1,972.00",
    ]


def test_what_was_known_before_lowers_the_rate_and_says_so() -> None:
    receipt = decided(HIP, replace(LI, preexisting=True)).receipt
    share = receipt.lines[-1]
    assert (share.en, share.amount_fen) == ("Own share, 70%", yuan(8_456))
    assert share.note_en == "pre-existing conditions: the rate changes from 75% to 30%"
    assert share.adjustments == (0,)


def test_the_tilt_halves_the_deductible_and_says_so() -> None:
    receipt = decided(HIP, replace(LI, assistance=frozenset({"特困"}))).receipt
    deductible = next(line for line in receipt.lines if line.kind == "deductible")
    assert deductible.amount_fen == yuan(7_500)
    assert deductible.note_en == (
        "7,500.00 yuan a year, used up now; "
        "tilt for assisted people: the deductible changes from 15,000.00 to 7,500.00 yuan"
    )


def test_another_insurer_paid() -> None:
    """She paid 50,000.00; 45,000.00 came back: of 26,250.00 by the rates 5,000.00 are left to be paid."""
    bill = Bill(in_scope_fen=yuan(50_000), other_insurers_paid_fen=yuan(45_000), admitted_on=DAY)
    receipt = decided(bill).receipt
    assert told(receipt) == [
        "− Deductible of the year 15,000.00",
        "− Own share, 25% 8,750.00",
        "− Another insurer paid 21,250.00",
    ]
    assert receipt.lines[-1].note_en == ("it paid 45,000.00 yuan; together no more than the 50,000.00 yuan paid")


def test_the_years_ceiling_is_a_line_and_the_next_bill_is_told() -> None:
    plan = plan_of("- {key: a, name: {zh: 甲, en: First}, base: [{amount: in_scope}], rate: 0.8, cap: 1000}")
    receipt = decided(Bill(in_scope_fen=yuan(2_000), admitted_on=DAY), plan=plan).receipt
    assert told(receipt) == ["− Own share, 20% 400.00", "− Above the most that a year pays 600.00"]
    assert receipt.ahead[0].en == "First has paid the 1,000.00 yuan that it pays in a year: nothing more this year."


def test_two_responsibilities_pay_each_its_part() -> None:
    bill = Bill(in_scope_fen=yuan(60_000), out_of_catalogue_fen=yuan(39_140), over_limit_fen=yuan(860), admitted_on=DAY)
    receipt = decided(bill).receipt
    assert told(receipt) == [
        "− Part above price limits 860.00",
        "= Counts as Compliant self-pay 60,000.00",
        "− Deductible of the year 15,000.00",
        "− Own share, 25% 11,250.00",
        "= Compliant self-pay pays 33,750.00",
        "= Counts as Reasonable self-pay 39,140.00",
        "− Deductible of the year 20,000.00",
        "− Own share, 50% 9,570.00",
        "= Reasonable self-pay pays 9,570.00",
    ]


def test_what_one_left_another_pays_of() -> None:
    plan = plan_of(
        """
        - {key: a, name: {zh: 甲, en: First}, base: [{amount: in_scope}], rate: 0.6}
        - {key: b, name: {zh: 乙, en: Second}, base: [{residual_of: [a]}], rate: 0.5}
        """
    )
    receipt = decided(Bill(in_scope_fen=yuan(1_000), admitted_on=DAY), plan=plan).receipt
    assert told(receipt) == [
        "= Counts as First 1,000.00",
        "− Own share, 40% 400.00",
        "= First pays 600.00",
        "+ What First left unpaid 400.00",
        "= Counts as Second 400.00",
        "− Own share, 50% 200.00",
        "= Second pays 200.00",
    ]


def test_what_the_hospital_bore_was_never_hers() -> None:
    bill = Bill(in_scope_fen=yuan(20_000), over_limit_fen=yuan(860), hospital_borne_fen=yuan(860), admitted_on=DAY)
    receipt = decided(bill).receipt
    assert receipt.start_fen == yuan(20_000)
    assert told(receipt) == ["− Deductible of the year 15,000.00", "− Own share, 25% 1,250.00"]


SHIPPED = sorted(str(path) for path in (Path(benefits.__file__).parent / "plans").rglob("*.yaml"))


def _in_force(path: str) -> Any:
    text = Path(path).read_text(encoding="utf-8")
    for year in range(2026, 2014, -1):
        try:
            return load_text(text, name=path, on=date(year, 6, 1))
        except benefits.BenefitsError:
            continue
    raise AssertionError(path)


def _reads_as_one_would(decision: Decision) -> None:
    """Sums, and no line says nothing or goes the wrong way."""
    assert adds_up(decision)
    for line in decision.receipt.lines:
        assert line.amount_fen > 0
        assert line.sign in "-+="
        assert line.zh and line.en
        assert (line.note_zh == "") == (line.note_en == "")


@settings(max_examples=150, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.sampled_from(SHIPPED), strategies.years(4))
def test_every_shipped_plan_adds_up_on_random_bills(path: str, cases: list[tuple[Person, Bill]]) -> None:
    plan = _in_force(path)
    codes = [code for one in plan.lists.values() for code in sorted(one.codes)][:3]
    years: dict[str, YearSoFar] = {}
    for person, bill in cases:
        lines = tuple(replace(line, code=codes[i % len(codes)] if codes else "") for i, line in enumerate(bill.lines))
        amounts = dict.fromkeys(plan.amounts, bill.in_scope_fen // 3)
        bill = replace(bill, lines=lines, other_amounts_fen=amounts)
        person = replace(person, birth_date=date(1960, 1, 1), age=None, bought_on=date(2025, 12, 1), earlier_covers=())
        try:
            decision = adjudicate(plan, person, years.get(person.id, YearSoFar()), bill)
        except benefits.BenefitsError:  # the document does not state a number that this bill needs
            continue
        years[person.id] = decision.year_after
        _reads_as_one_would(decision)


@settings(max_examples=120, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(strategies.plans(), strategies.years())
def test_any_plan_adds_up(text: str, cases: list[tuple[Person, Bill]]) -> None:
    plan = load_text(text, name="random", on=DAY)
    book = Book(lambda _: plan)
    for person, bill in cases:
        _reads_as_one_would(book.add(person, bill, on=DAY))


@pytest.mark.parametrize("path", SHIPPED)
def test_no_shipped_plan_needs_a_plus_where_one_bill_is_paid_once(path: str) -> None:
    """A bill of 100,000.00 that nobody else paid: its receipt goes down from what she paid, line by line."""
    plan = _in_force(path)
    person = Person("p", age=50, preexisting=False, cover_from=date(2000, 1, 1), bought_on=date(1999, 1, 1))
    bill = Bill(in_scope_fen=yuan(70_000), out_of_catalogue_fen=yuan(30_000), hospital_level="3", admitted_on=DAY)
    try:
        decision = adjudicate(plan, person, YearSoFar(), bill)
    except benefits.BenefitsError:
        return
    _reads_as_one_would(decision)
    layered = any(term.residual_of for one in plan.responsibilities for term in one.base)
    assert layered or not [line for line in decision.receipt.lines if line.sign == "+"]
