"""What real products need of the format: numbers that nobody states, plan-wide terms, rows of years, other schemes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from benefits import BadValue, Bill, BillLine, EarlierCover, Person, premium_fen
from benefits.errors import NotStated
from benefits.files.load import check_plan, load_plan
from benefits.simulation import simulate, table_of
from tests.benefits.helpers import LI, paid, plan_of, plan_text, problems_of, run, yuan

GAPS = sorted((Path(__file__).parent / "plans" / "gaps").glob("*.yaml"))
ILL = Person("wang", preexisting=True)


@pytest.mark.parametrize("path", GAPS, ids=lambda path: path.stem)
def test_each_plan_that_uses_a_new_word_of_the_format_is_good(path: Path) -> None:
    assert check_plan(path) == ()


# --- not stated


@pytest.mark.parametrize(
    ("terms", "asks"),
    [
        ("rate: not_stated", "own.rate"),
        ("rate: 0.5, deductible: not_stated", "own.deductible"),
        ("rate: 0.5, cap: {value: not_stated, source: 第九条}", "own.cap"),
        ("rate: 0.5, stay_cap: not_stated", "own.stay_cap"),
        ("rate: 0.5, deductible: {values: {2026-01-01: not_stated, 2027-01-01: 5}}", "own.deductible"),
    ],
)
def test_a_number_that_nobody_states_is_an_error_when_a_bill_needs_it(terms: str, asks: str) -> None:
    plan = plan_of(f"- {{key: own, name: x, base: [{{amount: in_scope}}], {terms}}}")
    assert paid(plan, Bill(out_of_catalogue_fen=100)) == [0]  # nothing asks for it
    with pytest.raises(NotStated, match=f"{asks} is not stated in the plan's document") as caught:
        paid(plan, Bill(in_scope_fen=100))
    assert (caught.value.code, caught.value.parameter) == ("not_stated", asks)
    table = table_of(plan, [(LI, Bill(out_of_catalogue_fen=100)), (ILL, Bill(in_scope_fen=100))])
    with pytest.raises(NotStated, match=asks):
        simulate(plan, table)


def test_a_rate_may_be_open_for_some_people_only() -> None:
    """沪惠保 2023: CAR-T at 100 %; for pre-existing conditions the document gives no rate."""
    plan = load_plan(Path(__file__).parent / "plans/gaps/shanghai-2023.yaml", on=date(2023, 8, 1))
    bill = Bill(other_amounts_fen={"car_t": yuan(500)})
    assert paid(plan, bill) == [yuan(500)]
    with pytest.raises(NotStated, match=r"car_t\.rate"):
        paid(plan, bill, person=ILL)
    with pytest.raises(NotStated, match=r"car_t\.rate"):
        simulate(plan, table_of(plan, [(LI, bill), (ILL, bill)]))


def test_a_later_adjustment_may_state_what_was_open() -> None:
    text = """
    - key: own
      name: x
      base: [{amount: in_scope}]
      rate: not_stated
      adjustments: [{name: x, kind: other, if: {place: local}, rate: 0.5}]
    """
    plan = plan_of(text)
    assert paid(plan, Bill(in_scope_fen=100)) == [50]
    with pytest.raises(NotStated):
        paid(plan, Bill(in_scope_fen=100, place="elsewhere"))


def test_pools_premiums_and_fixed_benefits_may_be_open() -> None:
    more = """
    premium: [{who: 全体, amount: not_stated}]
    pools: {deductibles: {d: {name: x, amount: not_stated}}, caps: {c: {name: x, amount: not_stated}}}
    total_cap: not_stated
    """
    plan = plan_of("- {key: own, name: x, base: [{amount: in_scope}], rate: 0.5, shared_deductible: d}", more)
    with pytest.raises(NotStated, match=r"pools\.deductibles\.d\.amount"):
        paid(plan, Bill(in_scope_fen=100))
    plan = plan_of("- {key: own, name: x, base: [{amount: in_scope}], rate: 0.5}", more)
    with pytest.raises(NotStated, match=r"pools\.caps\.total\.amount"):
        paid(plan, Bill(in_scope_fen=100))
    with pytest.raises(NotStated, match="premium"):
        premium_fen(plan, LI)
    plan = plan_of("- {key: own, name: x, lump_sum: not_stated, if: {diagnosis: C34}}")
    assert paid(plan, Bill(in_scope_fen=100)) == [0]
    with pytest.raises(NotStated, match=r"own\.lump_sum"):
        paid(plan, Bill(diagnoses=("C34",)))


def test_what_is_not_stated_stands_in_the_list_of_parameters_and_is_no_other_word() -> None:
    plan = plan_of("- {key: own, name: x, base: [{amount: in_scope}], rate: 0.5, cap: not_stated}")
    assert [(row.path, row.value) for row in plan.parameters] == [("own.rate", "0.5"), ("own.cap", "not_stated")]
    text = plan_text("- {key: own, name: x, base: [{amount: in_scope}], rate: 0.5, deductible: unknown}")
    assert "expected a number, or the word not_stated" in problems_of(text)[0]


# --- plan-wide adjustments


def test_a_plan_wide_adjustment_comes_after_a_responsibilitys_own() -> None:
    """Pre-existing 30 %, elsewhere 10 points less: 20 %; whoever writes it once has it everywhere."""
    text = """
    - key: a
      name: x
      base: [{amount: in_scope}]
      rate: 0.8
      adjustments: [{name: 既往症, kind: preexisting, if: {preexisting: true}, rate: 0.3}]
    - {key: b, name: x, base: [{amount: out_of_catalogue}], rate: 0.5}
    """
    wide = "adjustments: [{name: 市外, kind: place, if: {place: elsewhere}, rate_add: -10%ONLY}]\n"
    away = Bill(in_scope_fen=1_000, out_of_catalogue_fen=1_000, place="elsewhere")
    assert paid(plan_of(text, wide.replace("ONLY", "")), away, person=ILL) == [200 + 400]
    assert paid(plan_of(text, wide.replace("ONLY", ", responsibilities: [a]")), away, person=ILL) == [200 + 500]
    problems = problems_of(plan_text(text, wide.replace("ONLY", ", responsibilities: [c]")))
    assert "no responsibility named c" in problems[0]


# --- rows of years


ROW = """
continuity: {break_forgiven: 90, late_renewal: 30}
adjustments:
  - {name: 按时续保, kind: reward, if: {renewed_in_time: true}, rate_add: 0.1}
  - {name: 首年赔过, kind: other, if: {claimed_in_first_year: true}, rate_add: -0.2}
  - {name: 连续, kind: reward, if: {continuous_years: {min: 3}}, rate_add: 0.05}
"""
OWN = "- {key: own, name: x, base: [{amount: in_scope}], rate: 0.5}"


def covered(*covers: tuple[int, int, int], bought: date | None = date(2025, 12, 20)) -> Person:
    """Somebody with covers of whole years (first year, year after the last, fen paid)."""
    earlier = tuple(EarlierCover(date(a, 1, 1), date(b, 1, 1), fen) for a, b, fen in covers)
    return Person("li", preexisting=False, cover_from=date(2026, 1, 1), earlier_covers=earlier, bought_on=bought)


@pytest.mark.parametrize(
    ("person", "rate"),
    [
        (covered(), 50),
        (covered((2025, 2026, 0)), 60),
        (covered((2024, 2025, 0), (2025, 2026, 0)), 65),
        (covered((2024, 2025, 7), (2025, 2026, 0)), 45),
        (covered((2023, 2024, 7), (2025, 2026, 0)), 60),  # a year's break begins a new row, and its first year was free
        (covered((2025, 2026, 0), bought=date(2026, 1, 31)), 60),
        (covered((2025, 2026, 0), bought=date(2026, 2, 1)), 50),
    ],
)
def test_a_row_of_years_is_counted_from_the_covers(person: Person, rate: int) -> None:
    plan = plan_of(OWN, ROW)
    bill = Bill(in_scope_fen=100)
    assert paid(plan, bill, person=person) == [rate]
    assert simulate(plan, table_of(plan, [(person, bill)])).payable_fen.tolist() == [rate]


def test_without_covers_the_stated_years_stand_and_what_only_covers_tell_is_asked_for() -> None:
    stated = Person("li", continuous_years=3, preexisting=False)
    with pytest.raises(BadValue, match=r"person\.earlier_covers \(with bought_on\): is not known"):
        paid(plan_of(OWN, ROW), Bill(in_scope_fen=100), person=stated)
    counts = (
        ROW.split("  - {name: 按时", maxsplit=1)[0]
        + "  - {name: x, kind: reward, if: {continuous_years: 3}, rate_add: 0.05}\n"
    )
    assert paid(plan_of(OWN, counts), Bill(in_scope_fen=100), person=stated) == [55]


def test_covers_that_cannot_be_are_refused() -> None:
    for covers, says in (
        ((EarlierCover(date(2025, 1, 1), date(2025, 1, 1)),), "after begins_on"),
        ((EarlierCover(date(2025, 1, 1), date(2026, 2, 1)),), "overlaps the next"),
    ):
        person = Person("li", cover_from=date(2026, 1, 1), earlier_covers=covers)
        with pytest.raises(BadValue, match=says):
            run(plan_of(OWN, ROW), Bill(), person=person)
    with pytest.raises(BadValue, match=r"person\.cover_from"):
        run(plan_of(OWN, ROW), Bill(), person=Person("li", earlier_covers=()))


# --- layers


def test_a_plan_of_layers_alone_is_a_plan_and_an_empty_one_is_not() -> None:
    plan = load_plan(Path(__file__).parent / "plans/gaps/basic-and-assistance.yaml", on=date(2026, 6, 1))
    assert plan.responsibilities == ()
    assert [layer.key for layer in plan.layers][:3] == ["basic_fund", "assistance", "critical_illness"]
    (decision,) = run(plan, Bill(in_scope_fen=yuan(10_900)))
    assert decision.payable_fen == 0 and decision.layers[0].paid_fen == yuan(7_000)
    assert "needs `responsibilities:`" in problems_of(plan_text(OWN).split("responsibilities:")[0])[0]


def test_a_layer_may_take_from_one_that_usually_comes_later() -> None:
    order = "layer_order: [assistance, basic_fund]\n"
    layers = """
    waterfall:
      - {layer: assistance, simulate: always, rate: 0.5, cap: 100}
      - {layer: basic_fund, simulate: always, takes: {cost_above_cap_of: assistance}, rate: 1}
    """
    plan = plan_of(OWN, order + layers.replace("\n    ", "\n"))
    (decision,) = run(plan, Bill(in_scope_fen=yuan(1_000)))
    assert [(one.key, one.paid_fen) for one in decision.layers] == [
        ("assistance", yuan(100)),
        ("basic_fund", yuan(800)),
    ]
    assert "no earlier layer named assistance" in problems_of(plan_text(OWN, layers.replace("\n    ", "\n")))[0]


# --- a deductible that another scheme counts

POOL = """
amounts: [cii_deductible]
pools: {deductibles: {cii: {name: 大病起付线, amount: 300, counted_by: cii_deductible}}}
"""


def test_a_deductible_that_the_bill_says_is_used_up_is_not_borne_again() -> None:
    """Of 300, the other scheme took 250 at a pharmacy whose cost is not ours; of the next bill only 50 are borne."""
    plan = plan_of("- {key: own, name: x, base: [{amount: in_scope}], rate: 1, shared_deductible: cii}", POOL)
    pharmacy = Bill(out_of_catalogue_fen=yuan(900), other_amounts_fen={"cii_deductible": yuan(250)})
    stay = Bill(in_scope_fen=yuan(1_000), other_amounts_fen={"cii_deductible": yuan(50)})
    assert paid(plan, pharmacy, stay, stay) == [0, yuan(950), yuan(1_000)]
    cases = [(LI, pharmacy), (LI, stay), (LI, stay)]
    assert simulate(plan, table_of(plan, cases)).payable_fen.tolist() == [0, yuan(950), yuan(1_000)]


@pytest.mark.parametrize(
    ("pools", "says"),
    [
        ("{deductibles: {d: {name: x, counted_by: cii}}}", "no layer or amount named cii"),
        ("{deductibles: {d: {name: x, counted_by: critical_illness}}}", "is not always simulated"),
        ("{deductibles: {d: {name: x, amount: 5, shared_by: family, counted_by: used}}}", "counts for one person"),
        ("{deductibles: {d: {name: x, counted_by: used}}}", "`amount:` is missing"),
        ("{caps: {d: {name: x, amount: 5, counted_by: used}}}", "is for deductibles"),
        ("{caps: {total: {name: x, amount: 5}}}", "is the name of `total_cap:`"),
    ],
)
def test_a_pool_that_makes_no_sense_is_told(pools: str, says: str) -> None:
    problems = problems_of(plan_text(OWN, f"amounts: [used]\npools: {pools}\n"))
    assert any(says in one for one in problems), problems


def test_a_drugs_line_is_a_line() -> None:
    """The quarter's plan computes lines; the same line twice in a quarter meets the limit twice."""
    plan = load_plan(Path(__file__).parent / "plans/gaps/outpatient-by-quarter.yaml", on=date(2026, 6, 1))
    lines = (BillLine(yuan(2_000), code="D", kind="drug"),)
    bill = Bill(out_of_catalogue_fen=yuan(2_000), lines=lines, admitted_on=date(2026, 6, 1))
    assert paid(plan, bill, bill, bill) == [yuan(1_000), yuan(500), 0]
