"""One bad line never ends the run, and nothing is read more kindly than it was written."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benefits.cli import main
from benefits.cli.adjudicate import Session
from benefits.errors import BenefitsError
from benefits.money import MAX_FEN, fen_from_yuan
from tests.benefits.helpers import plan_text, yuan

PLAN = plan_text(
    "- {key: own, name: 合规自付, base: [{amount: in_scope_after_layers}], deductible: 10000, rate: 0.5}",
    "waiting_period: [{days: 30, if: {person_tags: waits}}]\n",
)
GOOD = '{"person": {"id": "li", "age": 61}, "bill": {"id": "b1", "in_scope_yuan": "20000.00"}}'


@pytest.fixture(scope="module")
def plan_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("test") / "product.yaml"
    path.write_text(PLAN, "utf-8")
    return path


def decide(plan_file: Path, *lines: str) -> list[dict[str, Any]]:
    return list(Session(str(plan_file), None, with_trace=False).results(io.StringIO("\n".join(lines))))


def bill_line(amounts: str, person: str = '"id": "li"') -> str:
    return f'{{"person": {{{person}}}, "bill": {{{amounts}}}}}'


BAD = {
    "an amount with a million zeros": bill_line('"in_scope_yuan": 1e1000000'),
    "an amount that takes for ever to write out": bill_line('"in_scope_yuan": 1e999990'),
    "the same as text": bill_line('"in_scope_yuan": "1e999990"'),
    "an amount of nearly nothing": bill_line('"in_scope_yuan": 1e-999990'),
    "whole fen of 5,000 digits": bill_line('"in_scope_fen": ' + "9" * 5_000),
    "yuan of 5,000 digits": bill_line('"in_scope_yuan": "' + "9" * 5_000 + '"'),
    "an age that is a superscript": bill_line('"in_scope_yuan": 1', '"id": "li", "age": "²"'),
    "brackets 50,000 deep": "[" * 50_000,
    "objects 50,000 deep": '{"a":' * 50_000,
    "half a character as a person": bill_line('"in_scope_yuan": 1', '"id": "\\ud800"'),
    "half a character as a bill": bill_line('"id": "\\udfff"'),
    "cover from the last day of the calendar": bill_line(
        '"in_scope_yuan": 1, "admitted_on": "2026-02-01"',
        '"id": "li", "tags": ["waits"], "cover_from": "9999-12-31", "age": "61x"',
    ),
    "no number": bill_line('"in_scope_yuan": NaN'),
    "no end": bill_line('"in_scope_yuan": Infinity'),
    "null": "null",
    "a word": '"li"',
    "a list": "[[]]",
    "a person that is a list": '{"person": ["li"], "bill": {}}',
    "a day that is a number": '{"person": "li", "bill": {}, "on": 20260601}',
    "a day before the plan": '{"person": "li", "bill": {}, "on": "0001-01-01"}',
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_a_bad_line_is_an_error_in_its_place_and_the_next_line_is_decided(plan_file: Path, bad: str) -> None:
    first, second = decide(plan_file, bad, GOOD)
    assert first["line"] == 1
    assert first["error"]["code"] in ("bad_json", "bad_value", "amount_out_of_range", "plan_not_found")
    assert len(first["error"]["message"]) < 400
    assert (second["line"], second["payable_fen"]) == (2, yuan(5_000))


def test_a_file_with_bytes_that_are_no_text_is_decided_to_its_end(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bills = tmp_path / "bills.jsonl"
    bills.write_bytes(b'{"person": "\xff\xfe", "bill": {}}\n' + GOOD.encode() + b"\n")
    assert main(["adjudicate", str(plan_file), "--bills", str(bills), "--no-trace"]) == 1
    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "not UTF-8" in first["error"]["message"]
    assert second["payable_fen"] == yuan(5_000)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = [
    "person",
    "bill",
    "person_id",
    "bill_id",
    "in_scope_yuan",
    "in_scope_fen",
    "age",
    "year_so_far",
    "on",
    "lines",
    "reverses",
    "insurance_year",
    "known_diagnoses",
    "admitted_on",
    "tags",
    "birth_date",
    "other_amounts",
]


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), json_values, max_size=5), st.text(max_size=40))
def test_whatever_stands_on_a_line_the_next_line_is_decided(
    plan_file: Path, odd: dict[str, Any], nonsense: str
) -> None:
    other = {**odd, "person_id": "wang"} if isinstance(odd.get("person", ""), str) else odd
    lines = [json.dumps(odd), json.dumps(other), nonsense.replace("\n", " ").replace("\r", " ")]
    last = decide(plan_file, *lines, GOOD)[-1]
    assert last["payable_fen"] == yuan(5_000)
    json.dumps(last, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "text", ["12,50", "1_000", "1,00,000", "١٢", "６１", "1 000", "1e3", "12.", ".5", "+5", "0x10", ""]
)
def test_an_amount_that_is_not_written_like_an_amount_is_refused(plan_file: Path, text: str) -> None:
    (result,) = decide(plan_file, bill_line(f'"in_scope_yuan": "{text}"'))
    assert result["error"]["code"] == "bad_value"
    assert "bill.in_scope_yuan" in result["error"]["message"]


@pytest.mark.parametrize(
    ("text", "fen"),
    [("20000", 2_000_000), ("20,000.50", 2_000_050), ("1,234,567.8", 123_456_780), ("0.01", 1), ("-0", 0)],
)
def test_an_amount_may_have_commas_between_thousands_and_two_decimals(text: str, fen: int) -> None:
    assert fen_from_yuan("x", text) == fen


def test_thirty_decimals_are_read_to_the_last() -> None:
    """100.000…01 is a part of a fen above 100 yuan; rounding to 28 digits used to make it 100."""
    with pytest.raises(BenefitsError, match="parts of a fen"):
        fen_from_yuan("x", "100." + "0" * 29 + "1")
    assert fen_from_yuan("x", "100." + "0" * 30) == 10_000


@given(st.integers(0, MAX_FEN))
def test_yuan_and_fen_are_the_same_amount(fen: int) -> None:
    assert (
        fen_from_yuan("x", f"{fen // 100}.{fen % 100:02d}")
        == fen_from_yuan("x", f"{fen // 100:,}.{fen % 100:02d}")
        == fen
    )


def test_a_name_given_twice_in_one_object_is_refused(plan_file: Path) -> None:
    (result,) = decide(plan_file, bill_line('"in_scope_yuan": 20000, "in_scope_yuan": 30000'))
    assert "'in_scope_yuan' is given twice" in result["error"]["message"]


def test_a_fact_on_the_line_and_another_inside_is_refused(plan_file: Path) -> None:
    (result,) = decide(plan_file, '{"person": {"id": "li", "age": 61}, "age": 62, "bill": {}}')
    assert "person.age: is given twice" in result["error"]["message"]


@pytest.mark.parametrize("unknown", ["null", '""'])
@pytest.mark.parametrize("name", ["basic_fund_paid_yuan", "in_scope_fen", "other_insurers_paid_yuan"])
def test_an_amount_that_nobody_knows_is_not_nothing(plan_file: Path, name: str, unknown: str) -> None:
    """Li's fund paid something; taken as 0, 100,000 in scope would be paid 45,000 instead of what is right."""
    (result,) = decide(plan_file, bill_line(f'"out_of_catalogue_yuan": 100000, "{name}": {unknown}'))
    assert f"bill.{name}: is not known" in result["error"]["message"]


def test_the_total_and_what_was_paid_in_cash_may_be_unknown(plan_file: Path) -> None:
    (result,) = decide(plan_file, bill_line('"in_scope_yuan": 20000, "total_yuan": null, "cash_paid_yuan": null'))
    assert result["payable_fen"] == yuan(5_000)


@pytest.mark.parametrize(
    ("person", "says"),
    [
        ('"birth_date": "2026-06-02"', "person.birth_date: 2026-06-02 lies after the day of the bill, 2026-06-01"),
        ('"birth_date": "1600-01-01"', "would make an age of 426 years"),
        ('"age": 400', "person.age: 400 is no age of a person"),
        ('"continuous_years": 0', "1 is the first year"),
        ('"cover_from": "2026-01-01", "cover_to": "2026-01-01"', "person.cover_to: 2026-01-01 is the day after"),
        ('"age": "６１"', "person.age: expected a whole number"),
        ('"birth_date": "20260101"', "person.birth_date: expected a date"),
    ],
)
def test_people_who_cannot_be_are_refused(plan_file: Path, person: str, says: str) -> None:
    (result,) = decide(plan_file, bill_line('"admitted_on": "2026-06-01"', f'"id": "li", {person}'))
    assert says in result["error"]["message"]


def test_a_child_born_on_the_day_of_admission_is_a_person(plan_file: Path) -> None:
    bill = '"in_scope_yuan": 20000, "admitted_on": "2026-06-01"'
    (result,) = decide(plan_file, bill_line(bill, '"id": "li", "birth_date": "2026-06-01"'))
    assert result["payable_fen"] == yuan(5_000)
