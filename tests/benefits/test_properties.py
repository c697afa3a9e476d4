"""What holds for every plan, person and bill, searched for by hypothesis.

Rounding bound: the cumulative amount of the year is what is rounded, so splitting and ordering bills under equal terms
changes the year's total by 0 fen. A counting factor rounds each bill's counted amount: at most half a fen a bill there.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benefits import Bill, Person, YearSoFar, adjudicate, reverse
from benefits.book import Book
from benefits.files.load import load_text
from benefits.money import MAX_FEN, RATE_DENOMINATOR
from benefits.reversal import run_year
from benefits.schedule import Band, Schedule, cumulative
from benefits.simulation import simulate, table_of
from tests.benefits import strategies
from tests.benefits.helpers import HEAD, ON

DAY = date(2026, 6, 1)
QUICK = [Phase.explicit, Phase.reuse, Phase.generate]
"""Shrinking a random plan takes minutes; the plan that failed is printed whole anyway."""


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    edges = sorted(draw(st.sets(st.integers(0, MAX_FEN), min_size=1, max_size=6)))
    rates = draw(st.lists(st.integers(0, RATE_DENOMINATOR), min_size=len(edges), max_size=len(edges)))
    return Schedule.from_bands(
        [Band(low, high, rate) for low, high, rate in zip(edges, [*edges[1:], None], rates, strict=True)]
    )


amounts = st.integers(0, MAX_FEN)


@settings(deadline=None)
@given(schedules(), amounts, amounts)
def test_a_schedule_rises_with_the_amount_and_never_pays_more_than_is_added(
    schedule: Schedule, one: int, other: int
) -> None:
    low, high = min(one, other), max(one, other)
    assert 0 <= schedule.pays(high) - schedule.pays(low) <= high - low


@settings(deadline=None)
@given(schedules(), amounts, st.booleans(), st.lists(st.floats(0, 1), max_size=5))
def test_the_parts_of_an_amount_pay_what_the_whole_pays_to_the_fen(
    schedule: Schedule, amount: int, after: bool, cuts: list[float]
) -> None:
    marks = sorted({0, amount, *(int(amount * cut) for cut in cuts)})
    deductible = amount // 3
    paid = [cumulative(schedule, after, x, min(x, deductible)) for x in marks]
    assert sum(b - a for a, b in pairwise(paid)) == paid[-1] - paid[0]
    assert paid == sorted(paid)


@settings(deadline=None)
@given(schedules(), st.integers(0, MAX_FEN))
def test_the_way_back_gives_the_smallest_amount_that_reaches_a_payment(schedule: Schedule, amount: int) -> None:
    reached = schedule.integral(amount)
    back = schedule.amount_that_pays_numerator(reached)
    assert back is not None and back <= amount
    assert schedule.integral(back) >= reached
    assert back == 0 or schedule.integral(back - 1) < reached


@settings(deadline=None)
@given(schedules(), st.lists(amounts, min_size=1, max_size=9))
def test_the_arithmetic_in_place_is_the_arithmetic(schedule: Schedule, many: list[int]) -> None:
    given_fen = np.array(many, np.int64)
    out, spare = np.empty_like(given_fen), np.empty_like(given_fen)
    schedule.pay_into(given_fen, out, spare)
    assert out.tolist() == [schedule.pays(amount) for amount in many]


@settings(max_examples=80, deadline=None, phases=QUICK)
@given(strategies.plans(), strategies.years())
def test_many_bills_at_once_equal_one_by_one_fen_for_fen(text: str, cases: list[tuple[Person, Bill]]) -> None:
    plan = load_text(text, name="random", on=DAY)
    table = simulate(plan, table_of(plan, cases))
    book = Book(lambda _: plan)
    for i, (person, bill) in enumerate(cases):
        decision = book.add(person, bill, on=DAY)
        assert decision.payable_fen == table.payable_fen[i]
        assert decision.personal_fen == table.personal_fen[i]
        for result in decision.responsibilities:
            assert result.payable_fen == table.by_responsibility[result.key][i]
            assert result.base_fen == table.base_fen[result.key][i]
            assert result.deductible_fen == table.deductible_fen[result.key][i]
        for layer in decision.layers:
            assert layer.paid_fen == table.layers[layer.key][i]


@settings(max_examples=80, deadline=None, phases=QUICK)
@given(strategies.plans(), strategies.years())
def test_payments_lie_within_their_base_add_up_and_leave_nobody_enriched(
    text: str, cases: list[tuple[Person, Bill]]
) -> None:
    plan = load_text(text, name="random", on=DAY)
    book = Book(lambda _: plan)
    for person, bill in cases:
        decision = book.add(person, bill, on=DAY)
        kinds = {r.key: r for r in plan.responsibilities}
        assert decision.payable_fen == sum(r.payable_fen for r in decision.responsibilities)
        for result in decision.responsibilities:
            assert 0 <= result.deductible_fen <= result.base_fen or kinds[result.key].lump_sum
            assert 0 <= result.payable_fen <= result.base_fen - result.deductible_fen or kinds[result.key].lump_sum
        compensation = sum(r.payable_fen for r in decision.responsibilities if kinds[r.key].compensation)
        assert compensation <= max(decision.personal_fen - bill.other_insurers_paid_fen, 0) <= decision.personal_fen
        assert decision.remaining_fen == decision.personal_fen - compensation
        assert decision.trace[-1].result_fen == decision.payable_fen
        for step in decision.trace:
            assert step.zh and step.en


@settings(max_examples=60, deadline=None, phases=QUICK)
@given(strategies.plans(), strategies.years())
def test_computed_layers_pay_at_most_the_cost_and_no_part_is_paid_twice(
    text: str, cases: list[tuple[Person, Bill]]
) -> None:
    """What the layers pay on a bill is at most what is in scope, less what the record says others paid; and what all
    compensation pays on the parts of a bill is at most those parts."""
    plan = load_text(text, name="random", on=DAY)
    book = Book(lambda _: plan)
    for person, bill in cases:
        decision = book.add(person, bill, on=DAY)
        computed = sum(layer.paid_fen for layer in decision.layers if layer.simulated)
        assert computed <= bill.in_scope_fen
        compensation = [one.key for one in plan.responsibilities if one.compensation and not one.lump_sum]
        parts = (bill.in_scope_fen, bill.class_b_first_fen, bill.over_limit_fen, bill.out_of_catalogue_fen)
        paid = sum(decision.payable_of(key) for key in compensation)
        assert paid <= sum(parts) + bill.special_drug_fen + bill.other_amounts_fen["used_elsewhere"]


@settings(max_examples=40, deadline=None, phases=QUICK)
@given(strategies.plans(), strategies.years(), st.data())
def test_taking_a_bill_out_leaves_the_year_as_if_it_had_never_been(
    text: str, cases: list[tuple[Person, Bill]], data: st.DataObject
) -> None:
    plan = load_text(text, name="random", on=DAY)
    person, bills = cases[0][0], [bill for _, bill in cases]
    gone = data.draw(st.sampled_from(bills))
    rest = [bill for bill in bills if bill is not gone]
    reversal = reverse(plan, person, bills, gone.id)
    before, without = run_year(plan, person, bills), run_year(plan, person, rest)
    assert reversal.decisions == without
    assert reversal.difference_fen == sum(d.payable_fen for d in without) - sum(d.payable_fen for d in before)
    again = run_year(plan, person, [*rest, gone])
    assert again[:-1] == without


EQUAL_TERMS = (
    HEAD
    + """
responsibilities:
  - key: own
    name: x
    base: [{amount: in_scope}]
    deductible: 1000
    bands: [{from: 0, to: 3000, rate: 33.3333%}, {from: 3000, to: 9000, rate: 0.77}, {from: 9000, rate: 0.123456}]
    band_basis: BASIS
    cap: 6000
"""
)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 600_000), min_size=1, max_size=8),
    st.randoms(),
    st.sampled_from(["gross", "after_deductible"]),
)
def test_the_years_total_depends_neither_on_how_bills_are_split_nor_on_their_order(
    parts: list[int], random: object, basis: str
) -> None:
    plan = load_text(EQUAL_TERMS.replace("BASIS", basis), name="equal", on=ON)
    person = Person("li", preexisting=False)

    def total(amounts_fen: list[int]) -> int:
        bills = [Bill(id=str(i), in_scope_fen=fen) for i, fen in enumerate(amounts_fen)]
        return run_year(plan, person, bills)[-1].year_after.paid_fen

    shuffled = list(parts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert total(parts) == total(shuffled) == total([sum(parts)])


@settings(deadline=None)
@given(st.integers(0, 3_000_000), st.integers(0, 3_000_000), st.integers(0, 1_000_000))
def test_more_cost_is_never_paid_less(low: int, more: int, prior: int) -> None:
    plan = load_text(EQUAL_TERMS.replace("BASIS", "gross"), name="equal", on=ON)
    person, year = Person("li", preexisting=False), YearSoFar.prior({"own": prior})
    one = adjudicate(plan, person, year, Bill(in_scope_fen=low)).payable_fen
    assert one <= adjudicate(plan, person, year, Bill(in_scope_fen=low + more)).payable_fen <= one + more
