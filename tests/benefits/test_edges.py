"""Edges that only a mutant of the code made visible: zeros that must stay zero, seconds and thirds of a year."""

from __future__ import annotations

from datetime import date

import pytest

from benefits import Bill, BillLine, Person
from benefits.simulation import simulate, table_of
from tests.benefits.helpers import ON, paid, plan_of, run, yuan


def test_a_rate_of_zero_pays_nothing_and_not_a_fen() -> None:
    assert paid(plan_of("- {key: a, name: a, base: [{amount: in_scope}], rate: 0}"), Bill(in_scope_fen=100)) == [0]


def adjusted(*adjustments: str, terms: str = "rate: 0.5") -> str:
    return f"- {{key: a, name: a, base: [{{amount: in_scope}}], {terms}, adjustments: [{', '.join(adjustments)}]}}"


def test_a_rate_lowered_below_zero_is_zero_even_on_a_million() -> None:
    text = adjusted("{name: x, kind: other, if: {place: local}, rate_add: -100%}")
    assert paid(plan_of(text), Bill(in_scope_fen=yuan(1_000_000))) == [0]


def test_a_deductible_lowered_to_nothing_leaves_not_a_fen() -> None:
    text = adjusted("{name: x, kind: reward, if: {place: local}, deductible_add: -5}", terms="rate: 1, deductible: 5")
    assert paid(plan_of(text), Bill(in_scope_fen=1)) == [1]


FIRST = "{name: x, kind: reward, if: {continuous_years: {min: 2}}, rate_add: 0.1}"
SECOND = "{name: y, kind: tilt, if: {assistance: 低保}, rate_add: 0.2}"
THIRD = "{name: z, kind: other, if: {place: local}, cap: 75}"


@pytest.mark.parametrize(
    ("person", "pays"),
    [
        (Person("a"), 50),
        (Person("a", continuous_years=2), 60),
        (Person("a", assistance=frozenset({"低保"})), 70),
        (Person("a", continuous_years=2, assistance=frozenset({"低保"})), 75),
    ],
)
def test_each_adjustment_applies_by_itself_and_together(person: Person, pays: float) -> None:
    assert paid(plan_of(adjusted(FIRST, SECOND, THIRD)), Bill(in_scope_fen=yuan(100)), person=person) == [yuan(pays)]


def test_a_lump_sum_keeps_its_amount_when_an_adjustment_changes_something_else() -> None:
    capped = "{name: x, kind: other, if: {place: local}, cap: 50}"
    plan = plan_of(f"- {{key: a, name: a, lump_sum: 80, adjustments: [{capped}]}}")
    assert paid(plan, Bill(), Bill(place="elsewhere")) == [yuan(50), 0]
    assert paid(plan, Bill(place="elsewhere")) == [yuan(80)]


BASIC = "waterfall: [{layer: basic_fund, simulate: always, per: PER, deductible: 900, rate: 0.5, cap: 10000}]\n"
OWN = "- {key: own, name: x, base: [{amount: in_scope_after_layers}], rate: 1, compensation: false}"


def layers_paid(plan_per: str, *amounts: float) -> list[int]:
    plan = plan_of(OWN, BASIC.replace("PER", plan_per))
    decisions = run(plan, *[Bill(in_scope_fen=yuan(amount)) for amount in amounts])
    return [decision.layers[0].paid_fen for decision in decisions]


def test_one_stay_reaches_a_layers_cap_exactly_and_later_stays_get_nothing() -> None:
    assert layers_paid("stay", 50_000, 50_000, 950) == [yuan(10_000), 0, 0]


def test_a_layers_yearly_deductible_is_borne_over_three_bills() -> None:
    assert layers_paid("year", 500, 1_000, 100) == [0, yuan(300), yuan(50)]


def test_a_layers_running_totals_stand_in_the_year() -> None:
    plan = plan_of(OWN, BASIC.replace("PER", "year"))
    year = run(plan, Bill(in_scope_fen=yuan(500)), Bill(in_scope_fen=yuan(1_000)))[-1].year_after
    totals = year.running["layer:basic_fund"]
    assert (totals.base_fen, totals.deductible_used_fen, totals.paid_fen) == (yuan(1_500), yuan(900), yuan(300))


@pytest.mark.parametrize("takes", ["above_cap_of", "cost_above_cap_of", "unpaid_benefit_of"])
def test_people_with_and_without_the_layer_below_may_stand_in_one_table(takes: str) -> None:
    plan = plan_of(
        OWN,
        f"""
        waterfall:
          - {{layer: basic_fund, simulate: {{in_waiting_period: true}}, rate: 0.5, cap: 1000}}
          - {{layer: large_amount, simulate: always, takes: {{{takes}: basic_fund}}, rate: 0.9}}
        """,
    )
    bill = {"in_scope_fen": yuan(5_000), "basic_fund_paid_fen": yuan(700), "above_fund_cap_fen": yuan(300)}
    cases = [(Person(str(i), in_waiting_period=i % 2 == 0), Bill(**bill)) for i in range(4)]  # type: ignore[arg-type]  # fen
    one_by_one = [run(plan, each, person=person)[0] for person, each in cases]
    many = simulate(plan, table_of(plan, cases))
    assert many.payable_fen.tolist() == [decision.payable_fen for decision in one_by_one]
    assert many.layers["large_amount"].tolist() == [sum(x.paid_fen for x in d.layers[1:]) for d in one_by_one]
    recorded = 0 if takes == "unpaid_benefit_of" else yuan(300) * 9 // 10
    assert many.layers["large_amount"][1] == recorded


def test_a_per_drug_responsibility_may_select_lines_in_several_ways() -> None:
    plan = plan_of("""
    - key: d
      name: x
      base: [{lines: {kind: drug}}, {lines: {kind: material}}, {amount: special_drug}]
      per: drug
      deductible: 10
      rate: 1
    """)
    lines = (BillLine(yuan(30), code="D", kind="drug"), BillLine(yuan(40), code="M", kind="material"))
    (decision,) = run(plan, Bill(out_of_catalogue_fen=yuan(70), special_drug_fen=yuan(50), lines=lines))
    assert decision.payable_fen == yuan(20 + 30 + 40)
    assert set(decision.year_after.running) == {"d", "d/D", "d/M", "d/"}


def test_a_bill_without_a_day_is_judged_on_the_plans_day() -> None:
    plan = plan_of("- {key: a, name: a, base: [{amount: in_scope}], rate: 1}", "waiting_period: [{days: 30}]\n")
    early, late = Person("a", cover_from=date(2026, 4, 1)), Person("a", cover_from=date(2026, 5, 15))
    assert plan.on == ON == date(2026, 6, 1)
    assert paid(plan, Bill(in_scope_fen=1), person=early) == [1]
    assert paid(plan, Bill(in_scope_fen=1), person=late) == [0]
    assert paid(plan, Bill(in_scope_fen=1, discharged_on=date(2026, 7, 1)), person=late) == [1]
