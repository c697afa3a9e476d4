"""No fen is paid twice, and no line is paid by nobody."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefits import Bill, BillLine, Person
from benefits.files.load import load_text
from benefits.simulation import simulate, table_of
from tests.benefits.helpers import LI, ON, paid, plan_of, plan_text, problems_of, run, yuan

TWICE = """
- {key: a, name: 甲, base: [{amount: out_of_catalogue}], rate: 0.7}
- {key: b, name: 乙, base: [{amount: out_of_catalogue}], rate: 0.7}
"""


def both_ways(text: str, bill: Bill) -> list[int]:
    """What each responsibility pays, the same for one bill and for many."""
    plan = plan_of(text)
    (decision,) = run(plan, bill)
    many = simulate(plan, table_of(plan, [(LI, bill)]))
    by_one = [one.payable_fen for one in decision.responsibilities]
    assert [int(many.by_responsibility[one.key][0]) for one in plan.responsibilities] == by_one
    return by_one


def test_two_responsibilities_on_the_same_part_pay_at_most_that_part() -> None:
    """10,000 outside the catalogue and 5,000 inside: 7,000 and then 3,000, not 14,000 on 10,000."""
    bill = Bill(id="b", in_scope_fen=yuan(5_000), out_of_catalogue_fen=yuan(10_000))
    assert both_ways(TWICE, bill) == [yuan(7_000), yuan(3_000)]
    (decision,) = run(plan_of(TWICE), bill)
    assert any("同一笔费用不重复赔付" in step.zh for step in decision.trace)


def test_the_fund_that_paid_is_taken_off_the_part_that_two_count() -> None:
    """Of 10,000 in scope the fund paid 6,000: 4,000 are hers, and no more is paid on them."""
    text = TWICE.replace("{amount: out_of_catalogue}], rate: 0.7", "{amount: in_scope}], rate: 0.3")
    bill = Bill(in_scope_fen=yuan(10_000), basic_fund_paid_fen=yuan(6_000), out_of_catalogue_fen=yuan(9_000))
    assert both_ways(text, bill) == [yuan(3_000), yuan(1_000)]


def test_a_second_part_beside_the_shared_one_is_paid_at_its_own_rate() -> None:
    """b counts 10,000 outside the catalogue, already paid in full, and 4,000 of class B at 50 %: 2,000."""
    text = """
    - {key: a, name: 甲, base: [{amount: out_of_catalogue}], rate: 1}
    - {key: b, name: 乙, base: [{amount: out_of_catalogue}, {amount: class_b_first}], rate: 0.5}
    """
    bill = Bill(in_scope_fen=yuan(50_000), class_b_first_fen=yuan(4_000), out_of_catalogue_fen=yuan(10_000))
    assert both_ways(text, bill) == [yuan(10_000), yuan(2_000)]


def test_what_two_leave_over_is_paid_once() -> None:
    text = """
    - {key: a, name: 甲, base: [{amount: out_of_catalogue}], rate: 0.5}
    - {key: b, name: 乙, base: [{residual_of: [a]}], rate: 0.6}
    - {key: c, name: 丙, base: [{residual_of: [a]}], rate: 0.6}
    """
    bill = Bill(in_scope_fen=yuan(50_000), out_of_catalogue_fen=yuan(10_000))
    assert both_ways(text, bill) == [yuan(5_000), yuan(3_000), yuan(2_000)]


def test_a_benefit_is_no_compensation_and_is_not_cut() -> None:
    bill = Bill(in_scope_fen=yuan(50_000), out_of_catalogue_fen=yuan(10_000))
    text = TWICE.replace("乙, ", "乙, compensation: false, ")
    assert both_ways(text, bill) == [yuan(7_000), yuan(7_000)]


fen = st.integers(0, 200_000)


@settings(deadline=None, max_examples=60)
@given(fen, fen, fen, st.integers(0, 10), st.integers(0, 10), st.integers(0, 10))
def test_whatever_two_pay_on_one_part_it_is_at_most_the_part(
    inside: int, class_b: int, outside: int, one: int, other: int, third: int
) -> None:
    text = f"""
    - {{key: a, name: x, base: [{{amount: out_of_catalogue}}, {{amount: class_b_first}}], rate: {one * 10}%}}
    - {{key: b, name: x, base: [{{amount: out_of_catalogue}}], rate: {other * 10}%, deductible: 10}}
    - {{key: c, name: x, base: [{{amount: class_b_first}}], rate: {third * 10}%}}
    """
    bill = Bill(in_scope_fen=inside, class_b_first_fen=class_b, out_of_catalogue_fen=outside)
    a, b, c = both_ways(text, bill)
    assert b <= outside and c <= class_b
    assert a + b + c <= outside + class_b


SP = """
- {key: own, name: 自费, base: [{amount: out_of_catalogue, minus: [sp]}], rate: 0.5}
- {key: sp, name: 特药, if: IF, base: [{lines: {list: drugs}TERM}], rate: 0.6}
"""
DRUGS = "lists: {drugs: {name: 特药, items: [{code: T1}]}}\n"
TEN = Bill(id="b", out_of_catalogue_fen=yuan(10_000), lines=(BillLine(yuan(10_000), code="T1", kind="drug"),))


@pytest.mark.parametrize(
    ("condition", "term", "pays"),
    [
        ("{encounter_type: inpatient}", "", [0, 6_000]),
        ("{encounter_type: pharmacy}", "", [5_000, 0]),
        ("{encounter_type: inpatient}", ", if: {place: overseas}", [5_000, 0]),
        ("{place: local, any: [{age: {min: 60}}, {designated: true}]}", "", [0, 6_000]),
    ],
)
def test_a_line_is_taken_out_only_where_the_other_responsibility_takes_it(
    condition: str, term: str, pays: list[int]
) -> None:
    plan = plan_of(SP.replace("IF", condition).replace("TERM", term), DRUGS)
    wang = Person("wang", age=61, preexisting=False)
    (decision,) = run(plan, TEN, person=wang)
    assert [one.payable_fen for one in decision.responsibilities] == [yuan(p) for p in pays]
    assert simulate(plan, table_of(plan, [(wang, TEN)])).payable_fen.tolist() == [yuan(sum(pays))]


@pytest.mark.parametrize(
    ("base", "says"),
    [
        ("[{amount: out_of_catalogue}, {lines: {kind: drug}}]", "counts a second time what base[0] counts"),
        ("[{amount: in_scope}, {amount: deductible}]", "base[1]: counts a second time"),
        ("[{amount: in_scope}, {amount: above_fund_cap}]", "(in_scope)"),
        ("[{amount: total}, {amount: special_drug}]", "(special_drug)"),
        ("[{amount: personal}, {lines: {tags: x}}]", "(out_of_catalogue)"),
        ("[{lines: {kind: drug}}, {lines: {list: drugs}}]", "base[1]: counts a second time"),
    ],
)
def test_a_fen_may_not_stand_twice_in_one_base(base: str, says: str) -> None:
    problems = problems_of(plan_text(f"- {{key: own, name: x, base: {base}, rate: 1}}", DRUGS))
    assert len(problems) == 1 and says in problems[0], problems


@pytest.mark.parametrize(
    "base",
    [
        "[{amount: out_of_catalogue, if: {has_lines: false}}, {lines: {kind: drug}}]",
        "[{amount: out_of_catalogue, minus: [own]}, {lines: {kind: drug}}]",
        "[{amount: in_scope, minus_amounts: [above_fund_cap]}, {amount: above_fund_cap, factor: 0.5}]",
        "[{amount: in_scope, if: {place: local}}, {amount: total, if: {place: [elsewhere, overseas]}}]",
        "[{lines: {kind: drug}}, {lines: {kind: material}}]",
        "[{lines: {codes: [A, B]}}, {lines: {codes: C}}]",
        "[{lines: {list: drugs}}, {lines: {list: others}}]",
    ],
)
def test_parts_that_are_kept_apart_may_stand_side_by_side(base: str) -> None:
    lists = DRUGS.replace("}}\n", "}, others: {name: x, items: [{code: T2}]}}\n")
    assert problems_of(plan_text(f"- {{key: own, name: x, base: {base}, rate: 1}}", lists)) == []


LINES = """
- {key: a, name: 甲, IF_Abase: [{lines: {kind: drug}}], rate: 0.7}
- {key: b, name: 乙, IF_Bbase: [{lines: {list: drugs}MINUS}], rate: 0.7}
"""


def test_two_responsibilities_may_not_count_the_same_line() -> None:
    text = LINES.replace("IF_A", "").replace("IF_B", "").replace("MINUS", "")
    problems = problems_of(plan_text(text, DRUGS))
    assert "responsibilities[1]: may count the same lines as a" in problems[0]
    apart = LINES.replace("IF_A", "if: {place: local}, ").replace("IF_B", "if: {place: overseas}, ")
    assert problems_of(plan_text(apart.replace("MINUS", ""), DRUGS)) == []


def test_a_line_may_be_taken_out_of_other_lines() -> None:
    """T1 is a drug on the list: a pays it at 70 %, and b takes only what a does not."""
    plan = plan_of(LINES.replace("IF_A", "").replace("IF_B", "").replace("MINUS", ", minus: [a]"), DRUGS)
    assert paid(plan, TEN) == [yuan(7_000)]
    material = BillLine(yuan(1_000), code="T1", kind="material")
    assert paid(plan, Bill(out_of_catalogue_fen=yuan(1_000), lines=(material,))) == [yuan(700)]


def test_two_may_not_take_each_others_lines_out() -> None:
    text = LINES.replace("IF_A", "").replace("IF_B", "").replace("MINUS", ", minus: [a]")
    problems = problems_of(plan_text(text.replace("{kind: drug}}]", "{kind: drug}, minus: [b]}]"), DRUGS))
    assert any("and a take each other's lines out: a line of both would be paid by nobody" in one for one in problems)


def test_a_plan_that_counts_nothing_twice_is_computed_without_looking() -> None:
    plan = load_text(plan_text(SP.replace("IF", "{place: local}").replace("TERM", ""), DRUGS), name="x", on=ON)
    assert [one.shared_parts for one in plan.responsibilities] == [(), ()]
