"""Bills whose amounts contradict each other: told, and never computed on money that is not there."""

from __future__ import annotations

import pytest

from benefits import Bill, BillLine
from benefits.simulation import simulate, table_of
from tests.benefits.helpers import LI, plan_of, run, yuan

DRUGS = "- {key: own, name: 特药, base: [{lines: {kind: drug}}], deductible: 15000, rate: 0.6}"


def drug(amount: float, code: str = "D", **more: object) -> BillLine:
    return BillLine(yuan(amount), code=code, kind="drug", **more)  # type: ignore[arg-type]  # a line's fields


def codes(bill: Bill) -> list[str]:
    return [doubt.code for doubt in run(plan_of(DRUGS), bill)[0].doubts]


@pytest.mark.parametrize(
    ("bill", "code"),
    [
        (Bill(in_scope_fen=900, out_of_catalogue_fen=100, lines=(BillLine(200),)), "lines_above_out_of_catalogue"),
        (Bill(total_fen=400, in_scope_fen=500), "total_below_parts"),
        (Bill(in_scope_fen=500, basic_fund_paid_fen=400, critical_illness_paid_fen=101), "funds_above_in_scope"),
        (Bill(in_scope_fen=500, lines=(BillLine(501, catalogue="A"),)), "lines_above_total"),
        (Bill(in_scope_fen=500, above_fund_cap_fen=501), "above_fund_cap_above_in_scope"),
        (Bill(in_scope_fen=500, deductible_fen=501), "deductible_above_in_scope"),
    ],
)
def test_a_contradiction_is_told_by_code_and_sentence(bill: Bill, code: str) -> None:
    (doubt,) = run(plan_of(DRUGS), bill)[0].doubts
    assert doubt.code == code
    assert doubt.zh.startswith("账单金额对不上") and "do not add up" in doubt.en


def test_lines_without_their_amount_use_up_no_deductible() -> None:
    """15,000 of drugs on a bill with nothing outside the catalogue: told, and the deductible stays whole."""
    bill = Bill(id="a", in_scope_fen=yuan(20_000), lines=(drug(15_000),))
    right = Bill(id="b", out_of_catalogue_fen=yuan(20_000), lines=(drug(20_000),))
    first, second = run(plan_of(DRUGS), bill, right)
    assert first.responsibilities[0].deductible_fen == 0
    assert [doubt.code for doubt in first.doubts] == ["lines_above_out_of_catalogue"]
    assert second.payable_fen == yuan(3_000)
    assert simulate(plan_of(DRUGS), table_of(plan_of(DRUGS), [(LI, bill), (LI, right)])).payable_fen[1] == yuan(3_000)


def test_lines_count_in_their_order_as_much_as_the_amount_holds() -> None:
    """700 outside the catalogue, lines of 500 and 400: the first counts whole, the second 200."""
    text = "- {key: own, name: 特药, base: [{lines: {kind: drug}}], per: drug, rate: 1}"
    (decision,) = run(plan_of(text), Bill(out_of_catalogue_fen=yuan(700), lines=(drug(500, "A"), drug(400, "B"))))
    year = decision.year_after.running
    assert (year["own/A"].base_fen, year["own/B"].base_fen) == (yuan(500), yuan(200))


def test_a_bill_that_adds_up_raises_no_doubt() -> None:
    lines = (drug(300), BillLine(yuan(500), catalogue="B", out_of_catalogue_fen=yuan(50)))
    good = Bill(total_fen=yuan(1_000), in_scope_fen=yuan(600), out_of_catalogue_fen=yuan(400), lines=lines)
    assert codes(good) == []
    assert codes(Bill()) == []
