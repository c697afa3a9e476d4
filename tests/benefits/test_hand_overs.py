"""What one layer hands to the next: exact edges, stays, and bills that were refused."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from benefits import Bill, Person, load_plan
from benefits.reversal import run_year
from benefits.simulation import simulate, table_of
from tests.benefits.helpers import LI, plan_of, run, yuan

OWN = "- {key: own, name: 合规自付, base: [{amount: in_scope_after_layers}], rate: 1, compensation: false}"


def two_layers(rate: str, cap: str, next_rate: str, more: str = "") -> str:
    return f"""
    waterfall:
      - {{layer: basic_fund, simulate: always, rate: {rate}, cap: {cap}}}
      - {{layer: large_amount, simulate: always, takes: {{cost_above_cap_of: basic_fund}}, rate: {next_rate}{more}}}
    """


def large_amounts(plan: object, *amounts_fen: int) -> list[int]:
    bills = [Bill(id=str(i), in_scope_fen=fen) for i, fen in enumerate(amounts_fen)]
    decisions = run_year(plan, LI, bills)  # type: ignore[arg-type]  # a plan
    by_one = [sum(x.paid_fen for x in d.layers if x.key == "large_amount") for d in decisions]
    many = simulate(plan, table_of(plan, [(LI, bill) for bill in bills]))  # type: ignore[arg-type]  # a plan
    assert many.layers["large_amount"].tolist() == by_one
    return by_one


def test_an_edge_between_two_fen_is_not_rounded_before_the_rate_applies() -> None:
    """10.00 at 60 % are reached at 16.666… yuan. Of 16.68 that leaves 1.333… fen, at 90 % 1.2: one fen.

    Of 16.69 it leaves 2.333… fen, at 90 % 2.1: two. With the edge rounded up to 16.67 they were 0.9 and 1.8."""
    plan = plan_of(OWN, two_layers("0.6", "10", "0.9"))
    assert large_amounts(plan, 1_668) == [1]
    assert large_amounts(plan, 1_669) == [2]
    # 3.3333… fen above at 45 % are 1.5, which rounds up; with the edge at a whole fen 3 × 45 % = 1.35 rounded down
    assert large_amounts(plan_of(OWN, two_layers("0.6", "10", "0.45")), 1_670) == [2]


def test_the_part_of_a_fen_belongs_to_the_year_and_not_to_the_bill_that_crossed() -> None:
    """16.67 crosses by 0.333… fen (0.3, nothing yet); 1 fen more makes 1.333… at 90 %: 1.2, one fen; then 2.1, 3.0."""
    plan = plan_of(OWN, two_layers("0.6", "10", "0.9"))
    assert large_amounts(plan, 1_667, 1, 1, 1) == [0, 1, 1, 1]


def exact(rate: Fraction, cap: int, next_rate: Fraction, cost: int) -> int:
    """What the layer above is paid on a year's cost, from fractions alone."""
    paid = max(cost - cap / rate, Fraction(0)) * next_rate
    return math.floor(paid + Fraction(1, 2))


percents = st.integers(1, 99)


@settings(deadline=None)
@given(percents, st.integers(1, 5_000), percents, st.lists(st.integers(0, 4_000), min_size=1, max_size=5))
def test_the_layer_above_is_paid_to_the_fen_however_the_year_is_split(
    rate: int, cap: int, next_rate: int, bills: list[int]
) -> None:
    plan = plan_of(OWN, two_layers(f"{rate}%", f"{{value: {cap}, unit: fen}}", f"{next_rate}%"))
    by_one = large_amounts(plan, *bills)
    assert sum(by_one) == exact(Fraction(rate, 100), cap, Fraction(next_rate, 100), sum(bills))


def test_a_part_of_a_fen_below_the_next_deductible_is_borne_too() -> None:
    """0.333… + 99 fen are within a deductible of 1.00; the 101st fen is the first that 90 % are paid of: 0.3 of 1.2."""
    plan = plan_of(OWN, two_layers("0.6", "10", "0.9", ", deductible: 1"))
    assert large_amounts(plan, 1_667 + 99) == [0]
    assert large_amounts(plan, 1_667 + 100) == [0]
    assert large_amounts(plan, 1_667 + 101) == [1]
    assert large_amounts(plan, 1_667 + 99, 1, 1) == [0, 0, 1]


WAITS = Person(
    "li", insured_type="employee", in_waiting_period=True, large_amount_cover=False, preexisting=False, age=40
)


def test_once_the_funds_yearly_cap_is_spent_the_whole_of_the_next_stay_goes_to_the_large_amount_layer() -> None:
    """Three stays of 300,000 at a tertiary hospital. 1: the fund is spent at 251,200, large amount takes 48,800 × 90 %.
    2: nothing is left of the fund, so 270,000, of which 300,000 − 43,920 are left; 43,920 remain, at 75 % 32,940.
    3: both are spent, 300,000 × 75 %."""
    plan = load_plan("sanmenxia/huiminbao", on=date(2026, 3, 1))
    stays = [Bill(id=str(i), in_scope_fen=yuan(300_000), hospital_level="3") for i in range(3)]
    decisions = run(plan, *stays, person=WAITS)
    paid = [[layer.paid_fen for layer in d.layers if layer.simulated] for d in decisions]
    assert paid == [[yuan(150_000), yuan(43_920)], [0, yuan(256_080)], [0, 0]]
    assert [d.payable_fen for d in decisions] == [yuan(68_310), yuan(32_940), yuan(225_000)]
    many = simulate(plan, table_of(plan, [(WAITS, stay) for stay in stays]))
    assert many.payable_fen.tolist() == [d.payable_fen for d in decisions]


STAYS = """
waterfall:
  - {layer: basic_fund, simulate: always, per: stay, deductible: 100, rate: 0.5, cap: 1000}
  - {layer: large_amount, simulate: always, takes: {TAKES: basic_fund}, rate: 1}
"""


def test_a_stay_after_half_the_cap_reaches_its_edge_by_the_half_that_is_left() -> None:
    """Stay 1 of 1,100: 500 paid. Stay 2 of 2,000: the other 500 are paid at a cost of 1,100, 900 lie above."""
    plan = plan_of(OWN, STAYS.replace("TAKES", "cost_above_cap_of"))
    assert large_amounts(plan, yuan(1_100), yuan(2_000), yuan(300)) == [0, yuan(900), yuan(300)]


def test_a_cap_counted_as_cost_is_what_is_left_of_it() -> None:
    """Stay 1 of 1,100: 500 paid, 100 lie above 1,000 of cost. Stay 2 of 2,000: 1,500 lie above the 500 left."""
    plan = plan_of(OWN, STAYS.replace("TAKES", "above_cap_of"))
    assert large_amounts(plan, yuan(1_100), yuan(2_000)) == [yuan(100), yuan(1_500)]


REFUSED = """
exclusions: [{key: third, name: x, if: {bill_tags: third_party}}]
waterfall: [{layer: basic_fund, simulate: always, deductible: 1000, rate: 0.5, cap: 5000}]
"""


def test_a_refused_bill_moves_no_layer() -> None:
    """The second 10,000 as if the first were not there: 4,500 from the layer, 50 % of 5,500 from the product: 2,750."""
    half = OWN.replace("rate: 1", "rate: 0.5")
    plan = plan_of(half, REFUSED)
    refused = Bill(id="a", in_scope_fen=yuan(10_000), tags=frozenset({"third_party"}))
    again = Bill(id="b", in_scope_fen=yuan(10_000))
    first, second = run(plan, refused, again)
    assert (first.payable_fen, second.payable_fen) == (0, yuan(2_750))
    assert simulate(plan, table_of(plan, [(LI, refused), (LI, again)])).payable_fen.tolist() == [0, yuan(2_750)]
    assert second.year_after.running == run(plan, again)[0].year_after.running


def test_a_refused_bill_is_nobodys_earlier_bill() -> None:
    """The first bill of the year is paid 50 %, later ones 90 %; a refused one does not make the next one later."""
    text = """
    - key: own
      name: x
      base: [{amount: in_scope}]
      rate: 0.5
      adjustments: [{name: x, kind: other, if: {earlier_bills: {min: 1}}, rate: 0.9}]
    """
    plan = plan_of(text, "exclusions: [{key: third, name: x, if: {bill_tags: third_party}}]\n")
    third = Bill(in_scope_fen=yuan(100), tags=frozenset({"third_party"}))
    bills = [third, Bill(in_scope_fen=yuan(100)), third, Bill(in_scope_fen=yuan(100))]
    expected = [0, yuan(50), 0, yuan(90)]
    assert [d.payable_fen for d in run(plan, *bills)] == expected  # without an id, as with one
    assert simulate(plan, table_of(plan, [(LI, bill) for bill in bills])).payable_fen.tolist() == expected


HALF = OWN.replace("rate: 1, compensation: false", "rate: 0.5")


def test_the_sentence_takes_off_what_a_layer_computed_for_everybody_pays() -> None:
    """300,000 in scope: the layer pays its cap of 5,000; she is not told that she paid 300,000 herself."""
    plan = plan_of(HALF, REFUSED)
    (decision,) = run(plan, Bill(in_scope_fen=yuan(300_000)))
    assert decision.payable_fen == yuan(147_500)
    total = decision.trace[-1]
    assert "300,000.00" not in total.zh + total.en
    assert "您本次自己付出295,000.00元，赔付后自己承担147,500.00元" in total.zh


def test_a_layer_computed_as_if_it_had_paid_is_said_to_be_as_if() -> None:
    """Waiting, Li really paid all 10,900; the sentence says which part of what remains counts as the fund's."""
    plan = plan_of(HALF, REFUSED.replace("always", "{in_waiting_period: true}"))
    (decision,) = run(plan, Bill(in_scope_fen=yuan(10_900)), person=Person("li", in_waiting_period=True))
    assert (decision.payable_fen, decision.remaining_fen) == (yuan(2_975), yuan(7_925))
    assert "您本次自己付出10,900.00元" in decision.trace[-1].zh
    assert "其中4,950.00元视同已由医保报销，不在赔付之内" in decision.trace[-1].zh
    assert "4,950.00 yuan of it count as paid by public insurance" in decision.trace[-1].en
