"""`check`: every problem of a plan file, with its line, in words a product manager can act on."""

from __future__ import annotations

from datetime import date

import pytest

from benefits import ParameterNotFound, PlanInvalid, PlanNotFound, check_plan, list_plans, load_plan
from benefits.cli import main
from benefits.files.load import first_day, load_text
from tests.benefits.helpers import HEAD, plan_of, plan_text, problems_of

GOOD = "- {key: own, name: x, base: [{amount: in_scope}], rate: 0.5}"


@pytest.mark.parametrize("name", list_plans())
def test_every_plan_that_ships_is_good_on_every_day_it_is_in_force(name: str) -> None:
    assert check_plan(name) == ()
    assert load_plan(name, on=first_day(name)).id == name


def test_a_good_text_has_no_problem() -> None:
    assert problems_of(plan_text(GOOD)) == []


OWN = "- {key: own, name: x, base: [{amount: in_scope}], rate: 1"


@pytest.mark.parametrize(
    ("responsibility", "problem"),
    [
        (
            "- key: own\n  name: x\n  base: [{amount: in_scope}]\n  rate: 0.5\n  deductable: 5",
            "line 13: responsibilities[0].deductable: unknown key; did you mean `deductible`?",
        ),
        (
            "- {key: own, name: x, base: [{amount: in_scop}], rate: 0.5}",
            "there is no amount named in_scop; did you mean in_scope?",
        ),
        ("- {key: own, name: x, base: [{amount: in_scope}], rate: 75}", "75 is above 1 (did you mean 75%?)"),
        ("- {key: own, name: x, base: [{amount: in_scope}], rate: 101%}", "101 is above 100%"),
        ("- {key: own, name: x, base: [{amount: in_scope}], rate: high}", "expected a rate such as 0.75 or 75%"),
        ("- {key: own, name: x, base: [{amount: in_scope}], rate: 0.1234567}", "has more than six decimals"),
        ("- {key: own, name: x, base: [{amount: in_scope}]}", "needs `bands` or `rate`"),
        ("- {key: own, name: x, rate: 1}", "needs `base:`, what it counts"),
        ("- {key: own, base: [{amount: in_scope}], rate: 1}", "line 9: responsibilities[0]: `name:` is missing"),
        (
            "- {key: Own, name: x, base: [{amount: in_scope}], rate: 1}",
            "'Own' does not look right; expected lower-case letters",
        ),
        ("- {key: own, name: {zh: x}, base: [{amount: in_scope}], rate: 1}", "`en:` is missing"),
        ("- {key: own, name: {zh: x, en: one, two}, base: [{amount: in_scope}], rate: 1}", "known here are zh, en"),
        (
            "- {key: own, name: {zh: x, en: one, of two}, base: [{amount: in_scope}], rate: 1}",
            "text with a comma needs quotes",
        ),
        (
            "- {key: own, name: x, base: [{amount: in_scope, lines: {kind: drug}}], rate: 1}",
            "needs exactly one of: amount, lines, residual_of",
        ),
        ("- {key: own, name: x, base: in_scope, rate: 1}", "expected a list, got 'in_scope'"),
        ("- {key: own, name: x, base: [{amount: in_scope}], rate: 1, deductible: -5}", "less than the minimum of 0"),
        (
            "- {key: own, name: x, base: [{amount: in_scope}], rate: 1, deductible: 0.001}",
            "0.001 yuan has parts of a fen",
        ),
        ("- {key: own, name: x, base: [{amount: in_scope}], rate: 1, cap: 10000000001}", "beyond the largest amount"),
        (
            "- {key: own, name: x, base: [{amount: in_scope}], rate: 1, cap: {value: 1, unit: ratio}}",
            "unit ratio is not money",
        ),
        ("- {key: own, name: x, base: [{amount: in_scope}], rate: {value: 1, unit: yuan}}", "unit yuan is not a rate"),
        (
            OWN + ", bands: [{from: 0, rate: 1}]}",
            "either `bands` or `rate`, not both",
        ),
        (
            "- {key: own, name: x, base: [{amount: in_scope}], bands: [{from: 0, to: 9, rate: 1}, {from: 8, rate: 1}]}",
            "responsibilities[0].bands[1].from: band 2 begins before band 1 ends",
        ),
        ("- {key: own, name: x, base: [{amount: in_scope}], bands: [{from: 9, to: 9, rate: 1}]}", "band 1 is empty"),
        (
            "- {key: own, name: x, base: [{amount: in_scope}], rate: 1, shared_deductible: common}",
            "no shared deductible named common",
        ),
        (
            "- {key: own, name: x, base: [{amount: in_scope}], rate: 1, shared_caps: [all]}",
            "no shared cap named all; known are none",
        ),
        ("- {key: own, name: x, base: [{lines: {list: drugs}}], rate: 1}", "no list named drugs"),
        ("- {key: own, name: x, base: [{residual_of: [own]}], rate: 1}", "own must stand above own"),
        ("- {key: own, name: x, base: [{amount: in_scope, minus: [other]}], rate: 1}", "no responsibility named other"),
        ("- {key: own, name: x, lump_sum: 5, rate: 1}", "a lump sum has no base, bands or rate"),
        (
            "- {key: own, name: x, base: [{amount: in_scope}], rate: 1, if: {ages: 5}}",
            "unknown key; did you mean `age`?",
        ),
        (
            "- {key: own, name: x, base: [{amount: in_scope}], rate: 1, if: {age: {above: 5}}}",
            "known here are min, max",
        ),
        ("- {key: own, name: x, base: [{amount: in_scope}], rate: 1, if: {preexisting: 1}}", "expected true or false"),
        (
            OWN + ", adjustments: [{name: y, kind: reward, if: {age: 5}}]}",
            "changes nothing",
        ),
        (
            OWN + ", limits: [{key: l, name: y, lines: {kind: drug}, per: year}]}",
            "limits nothing",
        ),
        (
            OWN + ", limits: [{key: l, name: y, lines: {kind: drug}, per: stay, count: 1}]}",
            "a count is per year",
        ),
        (
            OWN + ", limits: [{key: l, name: y, lines: {kind: drug}, per: year, count: 1, eligible: 5}]}",
            "give one of eligible, payable, count",
        ),
    ],
)
def test_a_problem_of_a_responsibility_is_named_with_its_place(responsibility: str, problem: str) -> None:
    problems = problems_of(plan_text(responsibility))
    assert any(problem in one for one in problems), problems


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            "waterfall: [{layer: basic_fund, simulate: always}]\n",
            "line 8: waterfall[0]: a layer that is simulated needs `bands` or `rate`",
        ),
        ("waterfall: [{layer: basic_fund}, {layer: basic_fund}]\n", "basic_fund is described twice"),
        ("waterfall: [{layer: basic, rate: 1}]\n", "'basic' is not one of basic_fund"),
        (
            "waterfall: [{layer: basic_fund, simulate: always, rate: 1, takes: {above_cap_of: assistance}}]\n",
            "no earlier layer named assistance",
        ),
        ("preexisting: {rule: diagnoses}\n", "rule: diagnoses needs a list"),
        ("preexisting: {rule: earlier_benefit}\n", "needs `benefits:`"),
        ("exclusions: [{key: all, name: x}]\n", "otherwise it would exclude everything"),
        ("pools: {deductibles: {d: {name: x}}}\n", "`amount:` is missing"),
        ("colour: red\n", "line 8: colour: unknown key"),
        ("premium: [{who: x, amount: {value: 5, values: {2026-01-01: 5}}}]\n", "needs exactly one of: value, values"),
        ("premium: [{who: x, amount: {values: {2026-1-1: 5}}}]\n", "expected a date such as 2026-01-01"),
        ("premium: [{who: x, amount: {values: {2026-02-30: 5}}}]\n", "not a date of the calendar"),
        ("in_force: {from: 2026-01-01}\n", "line 8: in_force: written twice; first on line 6"),
    ],
)
def test_a_problem_of_the_other_blocks_is_named_with_its_place(more: str, problem: str) -> None:
    problems = problems_of(plan_text(GOOD, more))
    assert any(problem in one for one in problems), problems


def test_two_responsibilities_may_not_share_a_key() -> None:
    assert any("own is used by an earlier responsibility" in one for one in problems_of(plan_text(f"{GOOD}\n{GOOD}")))


def test_all_problems_are_reported_at_once_in_the_order_of_the_file() -> None:
    text = plan_text(
        "- {key: own, name: x, base: [{amount: a}], rate: 7}\n- {key: b, name: x, base: [{amount: c}], rate: 1}"
    )
    lines = [int(problem.split(":")[0].removeprefix("line ")) for problem in problems_of(text)]
    assert lines == [9, 9, 10]


def test_text_that_is_no_yaml_and_an_empty_file_are_told() -> None:
    assert "file: not readable as YAML" in problems_of("a: [1")[0]
    assert problems_of("a: [1\nb: {2")[0].startswith("line 2")
    assert problems_of("") == ["line 1: file: the file is empty"]
    assert "expected a block" in problems_of("- 1")[0]


def test_a_value_without_source_is_a_problem() -> None:
    text = plan_text(GOOD).replace("source: 测试条款", 'source: ""')
    assert any("should be non-empty" in one or "has no source" in one for one in problems_of(text))


DATED = """
- key: own
  name: x
  base: [{amount: in_scope}]
  rate: 0.5
  deductible: {values: {2026-03-01: 100, 2027-01-01: 50}, source: 条款}
"""


def test_a_dated_value_holds_from_its_day_until_the_next() -> None:
    days = {date(2026, 3, 1): 10_000, date(2026, 12, 31): 10_000, date(2027, 1, 1): 5_000, date(2030, 1, 1): 5_000}
    for day, fen in days.items():
        assert plan_of(DATED, on=day).responsibilities[0].terms.deductible_fen == fen


def test_a_value_missing_on_the_day_is_an_error_that_names_it_and_the_date() -> None:
    with pytest.raises(ParameterNotFound, match=r"own\.deductible has no value on 2026-02-28") as caught:
        plan_of(DATED, on=date(2026, 2, 28))
    assert (caught.value.parameter, caught.value.on) == ("own.deductible", date(2026, 2, 28))
    assert problems_of(plan_text(DATED))[0].startswith(
        "line 14: responsibilities[0].deductible: has no value on 2026-01-01"
    )


def test_a_plan_is_refused_outside_the_days_it_is_in_force() -> None:
    text = plan_text(GOOD).replace("{from: 2026-01-01}", "{from: 2026-01-01, to: 2027-01-01}")
    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(PlanNotFound, match="in force from 2026-01-01 to 2026-12-31"):
            load_text(text, name="test", on=day)
    assert load_text(text, name="test", on=date(2026, 12, 31)).on == date(2026, 12, 31)
    assert "it is the day after the last" in problems_of(text.replace("to: 2027-01-01", "to: 2026-01-01"))[0]
    assert "not a date of the calendar" in problems_of(text.replace("to: 2027-01-01", "to: 2026-02-30"))[0]


def test_parameters_are_listed_with_unit_date_source_and_assumption() -> None:
    plan = plan_of(
        "- {key: own, name: x, source: 三, base: [{amount: in_scope}], "
        "rate: {value: 60%, assumption: true}, cap: {value: 100, unit: fen}}"
    )
    rows = {row.path: (row.value, row.unit, str(row.since), row.source, row.assumption) for row in plan.parameters}
    assert rows == {
        "own.rate": ("60%", "ratio", "2026-01-01", "三", True),
        "own.cap": ("100", "fen", "2026-01-01", "三", False),
    }
    assert plan.responsibilities[0].terms.cap_fen == 100


def test_units_of_fen_and_percent() -> None:
    text = plan_text("- {key: own, name: x, base: [{amount: in_scope}], rate: 60, deductible: 500}")
    plan = load_text(
        text.replace("{money: yuan, rate: ratio}", "{money: fen, rate: percent}"), name="test", on=date(2026, 1, 1)
    )
    terms = plan.responsibilities[0].terms
    assert (terms.deductible_fen, terms.bands[0].rate) == (500, 600_000)


def test_a_plan_that_is_not_there_names_near_ones() -> None:
    with pytest.raises(PlanNotFound, match="did you mean sanmenxia/huiminbao"):
        load_plan("sanmenxia/huminbao", on=date(2026, 1, 1))
    with pytest.raises(PlanNotFound, match="there is no file"):
        load_plan("nowhere.yaml", on=date(2026, 1, 1))


def test_the_command_prints_problems_with_lines_and_fails(tmp_path: object, capsys: pytest.CaptureFixture[str]) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "bad.yaml"
    path.write_text(HEAD + "responsibilities: []\n", "utf-8")
    assert main(["check", str(path)]) == 1
    assert "line 8: responsibilities: " in capsys.readouterr().out
    with pytest.raises(PlanInvalid, match="1 problem"):
        load_plan(path, on=date(2026, 1, 1))
    assert main(["check", "sanmenxia/huiminbao", "--parameters"]) == 0
    out = capsys.readouterr().out
    assert "compliant_self_pay.deductible = 15000 yuan, since 2025-01-01, 三(五)" in out
    assert "[assumption]" in out
    assert main(["check", "nowhere"]) == 1
    assert main(["plans"]) == 0
    assert "sanmenxia/huiminbao" in capsys.readouterr().out
