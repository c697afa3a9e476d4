"""Returned items: seven of ten ampoules count as seven, and no return makes a bill impossible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benefits import Bill, BillLine
from benefits.errors import AmountOutOfRange, BadValue
from benefits.jsonio import line_from_json
from benefits.returns import net_of_returns
from benefits.simulation import simulate, table_of
from tests.benefits.helpers import LI, plan_of, run, yuan

DRUGS = "- {key: own, name: 特药, base: [{lines: {kind: drug}}], deductible: 0, rate: 0.6}"
ONE_A_YEAR = """
- key: own
  name: 特药
  base: [{lines: {kind: drug}}]
  deductible: 0
  rate: 1
  limits: [{key: once, name: 一次, lines: {kind: drug}, per: year, count: 1}]
"""


def drug(amount: float, code: str = "D", **more: object) -> BillLine:
    return BillLine(yuan(amount), code=code, kind="drug", **more)  # type: ignore[arg-type]  # a line's fields


def paid(*lines: BillLine, outside: float) -> int:
    (decision,) = run(plan_of(DRUGS), Bill(out_of_catalogue_fen=yuan(outside), lines=lines))
    return decision.payable_fen


def test_three_of_ten_come_back() -> None:
    """Ten at 100.00, three returned: 700.00 at 60 % are 420.00."""
    assert paid(drug(1_000, quantity=10), drug(-300, quantity=-3), outside=700) == yuan(420)


def test_the_return_may_stand_before_its_line() -> None:
    assert paid(drug(-300), drug(1_000), outside=700) == yuan(420)


def test_all_of_it_comes_back_and_nothing_is_paid() -> None:
    assert paid(drug(1_000), drug(-1_000), outside=0) == 0


def test_the_nearest_line_before_it_gives_first() -> None:
    lines, _doubts = net_of_returns([drug(500), drug(500), drug(-600)])
    assert [line.amount_fen for line in lines] == [yuan(400), 0, 0]


def test_another_drug_or_another_class_keeps_what_it_has() -> None:
    lines, doubts = net_of_returns([drug(500, "A"), drug(500, "D", catalogue="B"), drug(-200)])
    assert [line.amount_fen for line in lines] == [yuan(500), yuan(500), 0]
    assert [doubt.code for doubt in doubts] == ["return_without_line"]


def test_a_return_without_its_line_is_told_and_the_bill_is_decided() -> None:
    bill = Bill(out_of_catalogue_fen=yuan(800), lines=(drug(1_000, "A"), drug(-200, "B", name="乙药")))
    (decision,) = run(plan_of(DRUGS), bill)
    assert decision.payable_fen == yuan(480)
    assert "乙药" in next(one for one in decision.doubts if one.code == "return_without_line").zh


def test_what_came_back_uses_up_no_number() -> None:
    """One a year counts: the first was returned, so the second is the one."""
    first, second = run(
        plan_of(ONE_A_YEAR),
        Bill(id="1", out_of_catalogue_fen=0, lines=(drug(100), drug(-100, quantity=-1))),
        Bill(id="2", out_of_catalogue_fen=yuan(100), lines=(drug(100),)),
    )
    assert (first.payable_fen, second.payable_fen) == (0, yuan(100))


def test_arrays_of_bills_count_the_same() -> None:
    bill = Bill(out_of_catalogue_fen=yuan(700), lines=(drug(1_000, quantity=10), drug(-300, quantity=-3)))
    plan = plan_of(DRUGS)
    assert list(simulate(plan, table_of(plan, [(LI, bill)])).payable_fen) == [yuan(420)]


def test_a_return_is_negative_as_a_whole() -> None:
    line = BillLine(yuan(-100), out_of_catalogue_fen=yuan(100))
    with pytest.raises(AmountOutOfRange, match="out_of_catalogue_fen"):
        run(plan_of(DRUGS), Bill(out_of_catalogue_fen=0, lines=(line,)))
    with pytest.raises(BadValue, match="above the line's amount"):
        run(plan_of(DRUGS), Bill(lines=(BillLine(yuan(-100), out_of_catalogue_fen=yuan(-200)),)))


def test_json_has_them_too() -> None:
    assert line_from_json("line", {"amount_yuan": "-100.50"}).amount_fen == -10_050
    assert line_from_json("line", {"amount_fen": -1}).amount_fen == -1


LINES = st.lists(
    st.tuples(st.integers(-50_000, 50_000), st.sampled_from("AB"), st.sampled_from("BC")), min_size=1, max_size=8
)


@given(LINES)
def test_nothing_appears_and_only_what_found_no_line_is_lost(given_lines: list[tuple[int, str, str]]) -> None:
    lines = [BillLine(fen, code=code, catalogue=cat, kind="drug") for fen, code, cat in given_lines]
    kept, doubts = net_of_returns(lines)
    assert all(line.amount_fen >= line.self_paid_fen >= 0 for line in kept)
    assert all(after.amount_fen <= max(before.amount_fen, 0) for before, after in zip(lines, kept, strict=True))
    gone = sum(line.amount_fen for line in kept) - sum(line.amount_fen for line in lines)
    assert gone >= 0
    assert bool(gone) == bool(doubts)
