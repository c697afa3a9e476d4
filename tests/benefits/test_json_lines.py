"""`python -m benefits adjudicate`: one JSON decision a line, in input order, accumulating per person."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benefits import bill_from_json, object_to_json, person_from_json, year_from_json
from benefits.cli import main
from benefits.cli.adjudicate import Session
from tests.benefits.helpers import plan_text, yuan

PLAN = """
- {key: own, name: 合规自付, base: [{amount: in_scope}], deductible: 10000, rate: 0.5}
- {key: proton, name: 质子, base: [{amount: proton_therapy}], rate: 0.5}
"""


@pytest.fixture
def plan_file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.yaml"
    path.write_text(plan_text(PLAN, "amounts: [proton_therapy]\n"), "utf-8")
    return path


def decide(plan_file: Path, *lines: object) -> list[dict[str, Any]]:
    session = Session(str(plan_file), None, with_trace=False)
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return list(session.results(io.StringIO(text)))


def test_bills_accumulate_per_person_whatever_the_shape_of_the_line(plan_file: Path) -> None:
    results = decide(
        plan_file,
        {"person": {"id": "li", "age": 61}, "bill": {"id": "b1", "in_scope_yuan": "8000.00"}},
        {"person": {"id": "zhao"}, "bill": {"in_scope_fen": yuan(12_000)}},
        {"person": "li", "bill": {"id": "b2", "in_scope_yuan": 8000}},
        {"person_id": "li", "bill_id": "b3", "in_scope_yuan": "1,000.50"},
        "",
        {"person": {"id": "li"}, "bill": {"id": "b4", "other_amounts": {"proton_therapy_yuan": 30000.1}}},
    )
    assert [r["line"] for r in results] == [1, 2, 3, 4, 6]
    assert [r["payable_fen"] for r in results] == [0, yuan(1_000), yuan(3_000), 50_025, 1_500_005]
    assert [r["bill_id"] for r in results] == ["b1", "", "b2", "b3", "b4"]
    assert results[4]["year_after"]["bills"] == ["b1", "b2", "b3", "b4"]


def test_a_line_that_cannot_be_decided_says_why_and_the_others_go_on(plan_file: Path) -> None:
    results = decide(
        plan_file,
        "{",
        "[]",
        {"person": {"id": "li"}, "bill": {"in_scope_yuann": 5}},
        {"person": {"id": "li"}, "bill": {"in_scope_yuan": "12.345"}},
        {"person": {"id": "li"}, "bill": {"in_scope_fen": -5}},
        {"person": {"id": "li"}, "bil": {}},
        {"person": {"id": "li"}},
        {"person": {"id": "li", "birth_date": "1960-13-01"}, "bill": {}},
        {"person_id": "li", "colour": "red"},
        {"person_id": "li", "id": "x"},
        {"person": {"name": "li"}, "bill": {}},
        {"person": "li", "bill": {"in_scope_yuan": 12000}, "on": "yesterday"},
        {"person": "li", "bill": {"in_scope_yuan": 12000}, "on": "2025-06-01"},
        {"person": "li", "bill": {"id": "ok", "in_scope_yuan": 12000}},
    )
    texts = [r["error"]["message"] for r in results[:-1]]
    for number, expected in enumerate(
        (
            "line 1: not readable as JSON",
            "line 2: line: expected an object",
            "did you mean in_scope_fen?",
            "has parts of a fen",
            "line 5: bill.in_scope_fen: -5 fen is outside",
            "line 6: bil: unknown name",
            'has no "bill"',
            "line 8: person.birth_date: expected a date such as",
            "line 9: colour: unknown name",
            "say person_id or bill_id",
            'expected {"id": …, facts}',
            "line 12: on: expected a date",
            "in force from 2026-01-01",
        )
    ):
        assert expected in texts[number]
    assert results[2]["error"]["code"] == "bad_value"
    assert results[4]["error"]["code"] == "amount_out_of_range"
    assert results[-1]["payable_fen"] == yuan(1_000)


def test_facts_and_amounts_may_stand_on_the_line_or_inside(plan_file: Path) -> None:
    results = decide(
        plan_file,
        {"person_id": "li", "age": 61, "preexisting": True, "bill": {"id": "b1", "in_scope_yuan": 12000}},
        {"person": {"id": "zhao"}, "bill_id": "b2", "in_scope_yuan": 12000},
        {"person_id": "li", "bill_id": "b3", "bill": {"in_scope_yuan": 100}},
        {"person": "li", "age": 61, "bill": {}},
        {"person_id": "li", "age": 62},
    )
    assert [r.get("payable_fen") for r in results] == [yuan(1_000), yuan(1_000), yuan(50), None, None]
    assert [r["bill_id"] for r in results[:3]] == ["b1", "b2", "b3"]
    assert results[0]["preexisting"] is True and results[2]["preexisting"] is True
    assert "is given as 'li'; write age inside it" in results[3]["error"]["message"]
    assert 'has no "bill"' in results[4]["error"]["message"]


def test_what_was_accumulated_before_comes_with_a_persons_first_bill(plan_file: Path) -> None:
    prior = {"prior_yuan": {"own": "15000"}}
    full = {"running": {"own": {"base_yuan": 15000, "deductible_used_yuan": 10000, "paid_yuan": 2500}}}
    results = decide(
        plan_file,
        {"person": "a", "year_so_far": prior, "bill": {"id": "1", "in_scope_yuan": 100}},
        {"person": "b", "year_so_far": full, "bill": {"id": "1", "in_scope_yuan": 100}},
        {"person": "b", "year_so_far": full, "bill": {"id": "2", "in_scope_yuan": 100}},
        {"person": "c", "year_so_far": {"prior_fen": {"own": 1}, "colour": 1}, "bill": {}},
    )
    assert [r["payable_fen"] for r in results[:2]] == [5_000, 5_000]
    assert results[0]["year_after"]["running"]["own"] == {
        "base_fen": yuan(15_100),
        "deductible_used_fen": yuan(10_000),
        "paid_fen": yuan(2_550),
    }
    assert "already has bills in this run" in results[2]["error"]["message"]
    assert "year_so_far.colour: unknown name" in results[3]["error"]["message"]


def test_a_bill_is_taken_back_and_insurance_years_are_apart(plan_file: Path) -> None:
    results = decide(
        plan_file,
        {"person": "li", "bill": {"id": "b1", "in_scope_yuan": 10000}, "insurance_year": 2026},
        {"person": "li", "bill": {"id": "b2", "in_scope_yuan": 10000}, "insurance_year": 2026},
        {"person": "li", "bill": {"id": "b3", "in_scope_yuan": 10000}, "insurance_year": 2027},
        {"person": "li", "reverses": "b1"},
        {"person_id": "li", "reverses": "b1"},
    )
    assert [r.get("payable_fen") for r in results[:3]] == [0, yuan(5_000), 0]
    assert results[3]["difference_fen"] == -yuan(5_000)
    assert "0 bills with the id 'b1'" in results[4]["error"]["message"]


def test_the_command_reads_a_file_or_standard_input_and_its_exit_code_tells(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bills = tmp_path / "bills.jsonl"
    bills.write_text('{"person": "li", "bill": {"in_scope_yuan": 20000}}\n', "utf-8")
    assert main(["adjudicate", str(plan_file), "--bills", str(bills)]) == 0
    decision = json.loads(capsys.readouterr().out)
    assert decision["payable_fen"] == yuan(5_000)
    assert decision["trace"][-1]["zh"].startswith("本次共赔付5,000.00元。")
    bills.write_text("nonsense\n", "utf-8")
    assert main(["adjudicate", str(plan_file), "--bills", str(bills)]) == 1
    assert main(["adjudicate", str(plan_file), "--bills", "nowhere.jsonl"]) == 1
    assert main(["adjudicate", "nowhere", "--bills", str(bills)]) == 1
    assert "there is no plan named nowhere" in capsys.readouterr().err


def test_the_module_runs_by_itself_and_imports_no_django(plan_file: Path) -> None:
    line = '{"person": "li", "bill": {"in_scope_yuan": 20000}}\n'
    command = [
        sys.executable,
        "-X",
        "importtime",
        "-m",
        "benefits",
        "adjudicate",
        str(plan_file),
        "--bills",
        "-",
        "--no-trace",
    ]
    done = subprocess.run(
        command, input=line, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert json.loads(done.stdout)["payable_fen"] == yuan(5_000)
    assert "django" not in done.stderr


def test_people_bills_and_years_go_to_json_and_back() -> None:
    person = person_from_json(
        {
            "id": "li",
            "birth_date": "1960-02-29",
            "insured_type": "employee",
            "assistance": ["低保"],
            "known_diagnoses": [{"code": "C34", "on": "2020-01-01"}, "N18"],
            "preexisting": None,
            "large_amount_cover": "no",
        }
    )
    assert person_from_json(object_to_json(person)) == person
    bill = bill_from_json(
        {
            "id": 7,
            "in_scope_yuan": "1.10",
            "total_fen": None,
            "diagnoses": "C34|I10",
            "admitted_on": "2026-03-01",
            "lines": [{"code": "D1", "amount_yuan": 1, "kind": "drug", "tags": ["x"]}],
            "tags": ["a"],
            "designated": 0,
        }
    )
    assert bill.lines[0].amount_fen == 100
    assert bill_from_json(object_to_json(bill)) == bill
    year = year_from_json({"running": {"own": {"base_yuan": 5}, "two": 700}, "pools": {"cap:total": 3}, "bills": ["b"]})
    assert year.running["own"].paid_fen is None
    assert year_from_json(object_to_json(year)) == year


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"id": "x", "in_scope_yuan": 1, "in_scope_fen": 100}, "given twice"),
        ({"place": "moon"}, "expected one of local"),
        ({"place": "elswhere"}, "did you mean elsewhere"),
        ({"lines": [{"kind": "drugs", "amount_yuan": 1}]}, "did you mean drug"),
        ({"lines": {}}, "expected a list"),
        ({"lines": [{"code": "x"}]}, "amount_fen"),
        ({"designated": "perhaps"}, "expected true or false"),
        ({"in_scope_yuan": "much"}, "expected yuan as a decimal string"),
        ({"in_scope_yuan": True}, "expected yuan"),
        ({"in_scope_yuan": "NaN"}, "finite"),
        ({"in_scope_fen": 1.0}, "whole fen"),
        ({"diagnoses": 5}, "list of texts"),
        ({"id": True}, "expected text"),
    ],
)
def test_what_cannot_be_read_of_a_bill_is_refused_by_name(data: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bill_from_json(data)


def test_what_cannot_be_read_of_a_person_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"person\.age: expected a whole number"):
        person_from_json({"id": "a", "age": -1})
    with pytest.raises(ValueError, match="id"):
        person_from_json({})
    assert person_from_json({"id": "a", "age": "61"}).age == 61
