"""Edges that only a mutant of the code made visible: zeros that must stay zero, seconds and thirds of a year."""

from __future__ import annotations

from datetime import date

import pytest

from benefits import Accumulator, Bill, BillLine, Person, YearSoFar
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


def test_what_is_wholly_paid_leaves_no_residual() -> None:
    plan = plan_of("""
    - {key: a, name: a, base: [{amount: in_scope}], rate: 1, compensation: false}
    - {key: rest, name: b, base: [{residual_of: [a]}], rate: 1, compensation: false}
    """)
    (decision,) = run(plan, Bill(in_scope_fen=100))
    assert [(r.base_fen, r.payable_fen) for r in decision.responsibilities] == [(100, 100), (0, 0)]


def test_lines_that_are_more_than_their_amount_count_as_much_as_it_holds() -> None:
    plan = plan_of("""
    - {key: a, name: a, base: [{amount: out_of_catalogue, minus: [d]}], rate: 1}
    - {key: d, name: d, base: [{lines: {kind: drug}}], rate: 0}
    """)
    bill = Bill(total_fen=500, out_of_catalogue_fen=100, lines=(BillLine(300, kind="drug"),))
    (decision,) = run(plan, bill)
    assert [(r.base_fen, r.payable_fen) for r in decision.responsibilities] == [(0, 0), (100, 0)]


LINES = (BillLine(yuan(50), code="M", kind="material"), BillLine(0, code="F", kind="material"))


@pytest.mark.parametrize(
    ("limits", "pays"),
    [
        ("{key: p, name: p, lines: {kind: drug}, per: year, payable: 1}, COUNT", [30 + 50, 30]),
        ("COUNT", [80, 30]),
        ("{key: e, name: e, lines: {kind: material}, per: stay, eligible: 0}", [30, 30]),
        ("{key: p, name: p, lines: {kind: material}, per: stay, payable: 0}", [30, 30]),
    ],
)
def test_limits_count_only_lines_that_cost_something_and_may_allow_nothing(limits: str, pays: list[float]) -> None:
    count = "{key: c, name: c, lines: {kind: material}, per: year, count: 1}"
    text = "- {key: a, name: a, base: [{amount: out_of_catalogue}], rate: 1, limits: [LIMITS]}"
    plan = plan_of(text.replace("LIMITS", limits.replace("COUNT", count)))
    bill = Bill(out_of_catalogue_fen=yuan(80), lines=tuple(reversed(LINES)))
    assert paid(plan, bill, bill) == [yuan(p) for p in pays]


def test_a_line_of_one_fen_counts_as_a_line() -> None:
    count = "limits: [{key: c, name: c, lines: {kind: material}, per: year, count: 1}]"
    plan = plan_of(f"- {{key: a, name: a, base: [{{amount: out_of_catalogue}}], rate: 1, {count}}}")
    lines = (BillLine(1, kind="material"), BillLine(70, kind="material"))
    assert paid(plan, Bill(out_of_catalogue_fen=71, lines=lines)) == [1]


def test_a_stay_starts_at_nothing_and_reaches_the_yearly_cap_exactly() -> None:
    bands = "bands: [{from: 0, to: 100, rate: 1}, {from: 100, rate: 0}]"
    plan = plan_of(f"- {{key: a, name: a, base: [{{amount: in_scope}}], per: stay, {bands}, cap: 250}}")
    assert paid(plan, *[Bill(in_scope_fen=yuan(100))] * 4) == [yuan(100), yuan(100), yuan(50), 0]
    alone = plan_of("- {key: a, name: a, base: [{amount: in_scope}], per: stay, rate: 1, cap: 100}")
    assert paid(alone, Bill(in_scope_fen=yuan(300))) == [yuan(100)]


def test_a_shared_deductible_that_is_used_up_takes_not_a_fen_more() -> None:
    plan = plan_of(
        "- {key: a, name: a, base: [{amount: in_scope}], shared_deductible: d, rate: 1}",
        "pools: {deductibles: {d: {name: d, amount: 10}}}\n",
    )
    assert paid(plan, Bill(in_scope_fen=yuan(10)), Bill(in_scope_fen=7)) == [0, 7]


def test_the_totals_of_drugs_add_up_over_the_year() -> None:
    plan = plan_of(
        "- {key: d, name: d, base: [{lines: {kind: drug}}], per: drug, deductible: 10, rate: 0.5}",
    )
    bill = Bill(
        out_of_catalogue_fen=yuan(70),
        lines=(BillLine(yuan(30), code="A", kind="drug"), BillLine(yuan(40), code="B", kind="drug")),
    )
    year = run(plan, bill, bill)[-1].year_after
    assert year.running["d/A"] == Accumulator(yuan(60), yuan(10), yuan(25))
    assert year.running["d/B"] == Accumulator(yuan(80), yuan(10), yuan(35))
    assert year.running["d"] == Accumulator(yuan(140), yuan(20), yuan(60))


def test_prior_amounts_use_up_pools_and_caps_each_by_its_own_terms() -> None:
    plan = plan_of(
        """
        - key: a
          name: a
          base: [{amount: in_scope}]
          shared_deductible: d
          bands: [{from: 0, to: 20, rate: 0.5}, {from: 20, rate: 1}]
          band_basis: after_deductible
        - {key: b, name: b, base: [{amount: out_of_catalogue}], shared_deductible: d, rate: 1}
        - {key: c, name: c, base: [{amount: special_drug}], rate: 1}
        """,
        """
        pools: {deductibles: {d: {name: d, amount: 100}}}
        total_cap: 60
        """,
    )
    year = YearSoFar(
        running={
            "c": Accumulator(yuan(5), 0, yuan(5)),
            "b": Accumulator(yuan(50), None, None),
            "a": Accumulator(yuan(90), None, None),
        },
        pools={"deductible:d": yuan(20), "cap:total": yuan(5)},
    )
    (decision,) = run(plan, Bill(in_scope_fen=yuan(10), special_drug_fen=yuan(60)), year=year)
    # a: 80 of its 90 met the deductible, 10 were paid at half; 10 more reach the band's end: 5. b: all 50 paid.
    after = decision.year_after
    assert after.running["a"] == Accumulator(yuan(100), yuan(80), yuan(5))
    assert after.running["b"] == Accumulator(yuan(50), 0, yuan(50))
    assert after.pools == {"deductible:d": yuan(100), "cap:total": yuan(60)}
    assert decision.payable_fen == 0
    stated = YearSoFar(running={"a": Accumulator(yuan(90), None, yuan(7))})
    assert run(plan, Bill(), year=stated)[0].year_after.running["a"] == Accumulator(yuan(90), yuan(90), yuan(7))
    second_only = YearSoFar.prior({"b": yuan(130)})
    assert run(plan, Bill(), year=second_only)[0].year_after.running["b"] == Accumulator(yuan(130), yuan(100), yuan(30))


def test_lines_that_may_be_paid_nothing_are_paid_nothing() -> None:
    limit = "limits: [{key: p, name: p, lines: {kind: material}, per: stay, payable: 0}]"
    plan = plan_of(f"- {{key: a, name: a, base: [{{amount: out_of_catalogue}}], rate: 1, {limit}}}")
    assert paid(plan, Bill(out_of_catalogue_fen=50, lines=(BillLine(50, kind="material"),))) == [0]


def test_a_base_may_be_what_the_person_really_paid() -> None:
    plan = plan_of("- {key: a, name: a, base: [{amount: personal}], rate: 0.5}")
    assert paid(plan, Bill(in_scope_fen=1000, basic_fund_paid_fen=400)) == [300]


def test_a_decision_names_plan_person_bill_and_all_that_it_computed() -> None:
    plan = plan_of("- {key: a, name: {zh: 甲, en: A}, source: 第一条, base: [{amount: in_scope}], rate: 1}")
    (decision,) = run(
        plan, Bill(id="b-7", in_scope_fen=9, basic_fund_paid_fen=4), person=Person("li", preexisting=True)
    )
    assert (decision.plan_id, decision.person_id, decision.bill_id) == ("test/product", "li", "b-7")
    assert decision.preexisting is True
    assert decision.year_after.bills == ("b-7",)
    result, layer = decision.responsibilities[0], decision.layers[0]
    assert (result.name_zh, result.name_en, result.clause) == ("甲", "A", "第一条")
    assert (layer.name_zh, layer.name_en, layer.simulated) == ("基本医疗保险", "basic medical insurance", False)
    nameless = run(plan, Bill(in_scope_fen=9))[0]
    assert nameless.year_after.bills == ()
    assert nameless.preexisting is False
