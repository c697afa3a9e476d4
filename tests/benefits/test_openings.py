"""What a file says of people and of the year before it: remembered, checked by name, inferred or refused."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benefits import Accumulator, BadValue, Bill, BillLine, DatedCode, Person, YearSoFar
from benefits.cli.adjudicate import Session
from tests.benefits.helpers import paid, plan_of, plan_text, run, yuan

SANMENXIA = "sanmenxia/huiminbao"


def decide(plan: str, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    text = "\n".join(json.dumps(line) for line in lines)
    return list(Session(plan, None, with_trace=False).results(io.StringIO(text)))


def error_of(result: dict[str, Any]) -> str:
    return str(result["error"]["message"])


def test_facts_given_once_are_remembered_when_a_later_line_adds_one() -> None:
    """100,000 uses up 15,000; the next 10,000 of somebody with a known illness are paid at 30 %: 3,000, not 7,500."""
    results = decide(
        SANMENXIA,
        {"person": {"id": "li", "age": 61, "preexisting": True}, "bill": {"id": "b1", "in_scope_yuan": 100000}},
        {"person": {"id": "li", "insured_type": "employee"}, "bill": {"id": "b2", "in_scope_yuan": 10000}},
        {"person_id": "li", "claim_free_years": 0, "bill": {"id": "b3", "in_scope_yuan": 10000}},
        {"person": "li", "bill": {"id": "b4", "in_scope_yuan": 10000}},
    )
    assert [r["payable_fen"] for r in results] == [yuan(25_500), yuan(3_000), yuan(3_000), yuan(3_000)]


def test_a_line_that_cannot_be_read_changes_nothing_that_is_remembered() -> None:
    results = decide(
        SANMENXIA,
        {"person": {"id": "li", "preexisting": True}, "bill": {"id": "b1", "in_scope_yuan": 25000}},
        {"person": {"id": "li", "preexisting": False, "age": -1}, "bill": {"id": "b2"}},
        {"person": "li", "bill": {"id": "b3", "in_scope_yuan": 1000}},
    )
    assert "person.age" in error_of(results[1])
    assert results[2]["payable_fen"] == yuan(300)


TWO = """
- {key: own, name: 合规自付, base: [{amount: in_scope}], deductible: 1000, rate: 0.5}
- key: drugs
  name: 特药
  base: [{lines: {kind: drug}}]
  per: drug
  deductible: 100
  rate: 0.5
  cap: 1000
  limits: [{key: pet, name: x, lines: {kind: drug}, per: drug, payable: 900}]
- {key: stay, name: 住院, base: [{amount: over_limit}], per: stay, deductible: 100, rate: 0.5}
- {key: fixed, name: 津贴, lump_sum: 20, if: {diagnosis: C34}}
"""
MORE = """
pools: {caps: {both: {name: x, amount: 5000}}}
waterfall:
  - {layer: critical_illness, simulate: always, deductible: 10000, rate: 0.6, cap: 9000}
  - {layer: basic_fund, simulate: {in_waiting_period: true}, per: stay, deductible: 900, rate: 0.5}
"""


@pytest.mark.parametrize(
    ("year", "says"),
    [
        (
            {"prior_yuan": {"onw": 100000}},
            "year_so_far.running.onw: the plan has nothing of this name; did you mean own?",
        ),
        ({"prior_yuan": {"critical_ilness": 100000}}, "did you mean layer:critical_illness?"),
        ({"running": {"layer:critical_ilness": {"base_fen": 1}}}, "did you mean layer:critical_illness?"),
        ({"running": {"own/D1": {"base_fen": 1}}}, "year_so_far.running.own/D1"),
        ({"pools": {"cap:boht": 1}}, "did you mean cap:both?"),
        ({"counts": {"drugs:pte": 1}}, "did you mean drugs:pet?"),
        ({"runing": {}}, "did you mean running?"),
        ({"running": {"own": {"base_fen": 5, "deductible_used_fen": 6}}}, "6 fen of deductible are above the amount"),
        ({"running": {"own": {"base_fen": 10, "deductible_used_fen": 6, "paid_fen": 5}}}, "5 fen were paid on 4"),
        ({"running": {"own": {"base_fen": -1}}}, "base_fen"),
        ({"pools": {"cap:both": -1}}, "-1 fen is outside"),
        ({"counts": {"drugs:pet": -1}}, "expected a whole number"),
        ({"running": {"own": {"base_fen": None}}}, "base_fen: is not known"),
        ({"prior_yuan": {"stay": 500}}, "each stay has its own deductible"),
        ({"prior_yuan": {"layer:basic_fund": 500}}, "each stay has its own deductible"),
        ({"prior_yuan": {"drugs": 500}}, "give what was used of each, as drugs/CODE"),
    ],
)
def test_a_year_that_the_plan_does_not_know_or_that_cannot_be_is_refused(
    tmp_path: Path, year: dict[str, Any], says: str
) -> None:
    path = tmp_path / "product.yaml"
    path.write_text(plan_text(TWO, MORE), "utf-8")
    (result,) = decide(str(path), {"person": "li", "year_so_far": year, "bill": {"id": "b"}})
    assert says in error_of(result)


def test_what_a_layer_paid_before_is_inferred_from_its_amount() -> None:
    """20,000 before: 10,000 of deductible, 6,000 paid. Of 9,000 a year 3,000 are left for a bill of 10,000."""
    plan = plan_of(TWO, MORE)
    year = YearSoFar.prior({"layer:critical_illness": yuan(20_000)})
    (decision,) = run(plan, Bill(id="b", in_scope_fen=yuan(10_000)), year=year)
    assert [layer.paid_fen for layer in decision.layers] == [yuan(3_000)]
    after = decision.year_after.running["layer:critical_illness"]
    assert after == Accumulator(yuan(30_000), yuan(10_000), yuan(9_000))


def test_what_a_drug_was_paid_before_is_inferred_from_its_amount() -> None:
    """1,900 of D1 before: 100 borne, 900 paid. The cap of 1,000 leaves 100, and D2 begins with its own deductible."""
    plan = plan_of(TWO.replace("  limits: [{key: pet, name: x, lines: {kind: drug}, per: drug, payable: 900}]\n", ""))
    lines = tuple(BillLine(yuan(1_000), code=code, kind="drug") for code in ("D1", "D2"))
    bill = Bill(id="b", out_of_catalogue_fen=yuan(2_000), lines=lines)
    (decision,) = run(plan, bill, year=YearSoFar.prior({"drugs/D1": yuan(1_900)}))
    assert decision.payable_of("drugs") == yuan(100 + 450)
    assert decision.year_after.running["drugs"] == Accumulator(yuan(3_900), yuan(200), yuan(1_450))


WAITS = "waiting_period: [{days: 30, except_encounters: [injury]}]\n"
OWN = "- {key: own, name: x, base: [{amount: in_scope}], rate: 0.5}"


def test_a_plan_with_a_waiting_period_asks_when_cover_began() -> None:
    plan = plan_of(OWN, WAITS)
    with pytest.raises(BadValue, match=r"person\.cover_from: is not known, but the plan has a waiting period"):
        paid(plan, Bill(in_scope_fen=100))
    assert paid(plan, Bill(in_scope_fen=100, encounter_type="injury")) == [50]
    later = plan_of(OWN, WAITS.replace("30", "{value: 30, source: 第三条}").replace("except", "if: {age: 5}, except"))
    assert paid(later, Bill(in_scope_fen=100), person=Person("li", age=61)) == [50]


@pytest.mark.parametrize("day", ["2026-01-30", "2026-01-31"])
def test_the_thirtieth_day_waits_and_the_next_does_not(day: str) -> None:
    plan = plan_of(OWN, WAITS)
    li = Person("li", cover_from=date(2026, 1, 1))
    bill = Bill(in_scope_fen=100, admitted_on=date.fromisoformat(day))
    assert paid(plan, bill, person=li) == [50 if day == "2026-01-31" else 0]


def test_cover_from_the_calendars_last_day_waits_for_ever() -> None:
    plan = plan_of(OWN, WAITS)
    (decision,) = run(plan, Bill(admitted_on=date.max), person=Person("li", cover_from=date.max))
    assert decision.refusals == ("waiting_period",)
    assert "9999-12-31" in decision.trace[0].zh


KNOWN = "preexisting: {rule: diagnoses, diagnoses: [C00-C97]}\n"
BENEFIT = "preexisting: {rule: earlier_benefit, benefits: [critical_illness], within_years: 2}\n"


def test_a_history_is_judged_at_the_start_of_cover_or_not_at_all() -> None:
    ill = Person("li", known_diagnoses=(DatedCode("C34", date(2026, 3, 1)),))
    with pytest.raises(BadValue, match=r"person\.cover_from: is not known, but the plan counts what was known before"):
        run(plan_of(OWN, KNOWN), Bill(), person=ill)
    helped = Person("li", earlier_benefits=(DatedCode("critical_illness", date(2024, 3, 1)),))
    with pytest.raises(BadValue, match=r"person\.cover_from"):
        run(plan_of(OWN, BENEFIT), Bill(), person=helped)
    first = BENEFIT.replace("within_years", "counted_from: first_cover, within_years")
    stays = Person("li", continuous_years=3, cover_from=date(2026, 1, 1), earlier_benefits=helped.earlier_benefits)
    with pytest.raises(BadValue, match=r"person\.first_cover_from"):
        run(plan_of(OWN, first), Bill(), person=stays)


def test_what_cannot_hang_on_the_day_needs_no_day() -> None:
    others = Person("li", known_diagnoses=(DatedCode("I10", date(2026, 3, 1)),))
    assert run(plan_of(OWN, KNOWN), Bill(), person=others)[0].preexisting is False
    long_ago = Person("li", known_diagnoses=(DatedCode("C34", date.min),))
    assert run(plan_of(OWN, KNOWN), Bill(), person=long_ago)[0].preexisting is True
    undated = Person("li", cover_from=date(2026, 1, 1), earlier_benefits=(DatedCode("critical_illness", date.min),))
    with pytest.raises(BadValue, match=r"person\.earlier_benefits: has critical_illness without its day"):
        run(plan_of(OWN, BENEFIT), Bill(), person=undated)


OPEN = plan_text(OWN.replace("0.5", "0.5, deductible: 1000")).replace("2026-01-01", "2020-01-01")


@pytest.fixture
def open_plan(tmp_path: Path) -> str:
    path = tmp_path / "product.yaml"
    path.write_text(OPEN, "utf-8")
    return str(path)


def stay(day: str, number: int, **more: Any) -> dict[str, Any]:
    return {"person": {"id": "li"}, "bill": {"id": f"b{number}", "in_scope_yuan": 3000, "admitted_on": day}, **more}


def test_bills_of_three_years_are_not_taken_for_one_year(open_plan: str) -> None:
    results = decide(open_plan, stay("2024-05-01", 1), stay("2025-05-01", 2), stay("2029-05-01", 3))
    assert results[0]["payable_fen"] == yuan(1_000)
    assert "li has bills of 2024 and now of 2025: say which insurance year" in error_of(results[1])
    assert "insurance_year" in error_of(results[2])


def test_years_that_are_said_are_kept_apart(open_plan: str) -> None:
    days = ("2024-05-01", "2024-06-01", "2025-05-01")
    results = decide(open_plan, *[stay(day, i, insurance_year=day[:4]) for i, day in enumerate(days)])
    assert [r["payable_fen"] for r in results] == [yuan(1_000), yuan(1_500), yuan(1_000)]


def test_a_year_over_the_turn_of_the_year_is_known_by_where_cover_began(open_plan: str) -> None:
    covered = {"person": {"id": "li", "cover_from": "2024-07-01"}}
    results = decide(
        open_plan,
        {**stay("2024-12-01", 1), **covered},
        {**stay("2025-06-30", 2), **covered},
        {**stay("2025-07-01", 3), **covered},
        {**stay("2025-08-01", 4), "person": {"id": "li", "cover_from": "2025-07-01"}},
    )
    assert [r.get("payable_fen") for r in results] == [yuan(1_000), yuan(1_500), None, None]
    assert "2025-07-01 lies a year or more after cover began" in error_of(results[2])
    assert "begins on another day than before" in error_of(results[3])


FAMILY = """
- {key: own, name: x, base: [{amount: in_scope}], shared_deductible: family, rate: 1}
"""
POOL = "pools: {deductibles: {family: {name: 家庭, amount: 10000, shared_by: family}}}\n"


def member(name: str, amount: int, used: int | None = None) -> dict[str, Any]:
    line: dict[str, Any] = {
        "person": {"id": name, "family_id": "f1"},
        "bill": {"id": f"{name}-{amount}", "in_scope_yuan": amount},
    }
    if used is not None:
        line["year_so_far"] = {"pools": {"deductible:family": used}}
    return line


def test_a_familys_pool_is_said_once_and_never_quietly_replaced(tmp_path: Path) -> None:
    """The family has borne 4,000 before; Li bears 3,000 more, so her husband's 5,000 are paid above 3,000: 2,000."""
    path = tmp_path / "product.yaml"
    path.write_text(plan_text(FAMILY, POOL), "utf-8")
    li, wang = member("li", 3000, yuan(4_000)), member("wang", 5000, yuan(4_000))
    assert [r["payable_fen"] for r in decide(str(path), li, wang)] == [0, yuan(2_000)]
    other = decide(str(path), li, member("wang", 5000, yuan(8_000)), member("wang", 5000))
    assert "the family of wang has used 7,000.00 yuan of it in this run, not 8,000.00" in error_of(other[1])
    assert other[2]["payable_fen"] == yuan(2_000)


def test_taking_out_a_bill_that_is_not_there_leaves_the_year_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "product.yaml"
    path.write_text(plan_text(OWN.replace("0.5", "0.5, deductible: 1000")), "utf-8")
    lines = [stay("2026-05-01", 1), {"person": "li", "reverses": "b9"}, stay("2026-06-01", 2)]
    results = decide(str(path), *lines)
    assert "0 bills with the id 'b9'" in error_of(results[1])
    assert results[2]["payable_fen"] == yuan(1_500)
