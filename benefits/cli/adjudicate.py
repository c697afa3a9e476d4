"""`adjudicate PLAN --bills FILE.jsonl`: one JSON decision a line, in input order, accumulating per person.

A line is an object:

    {"person": {"id": "P1", "age": 61, "preexisting": false}, "bill": {"id": "B1", "in_scope_yuan": "52000.00"}}
    {"person": "P1", "bill": {"id": "B2", "out_of_catalogue_yuan": "30000"}}          facts of P1 remembered
    {"person_id": "P1", "bill_id": "B3", "in_scope_fen": 100000}                      flat, everything on one level
    {"person_id": "P2", "age": 61, "bill": {"id": "B4", "in_scope_yuan": 5000}}       or only the person's facts flat
    {"person": "P1", "reverses": "B1"}                                                takes B1 out, re-runs the year

Optional: "year_so_far" (with a person's first bill: {"prior_yuan": {"compliant_self_pay": "100000"}}), "insurance_year"
(bills of one person in one file belong to one insurance year unless they say otherwise), "on" (the day whose terms
apply). A line that cannot be read gives {"line": n, "error": {code, message}} in its place; the others are computed,
the exit code is 1.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

from benefits.book import Book
from benefits.cli.insurance_year import InsuranceYears
from benefits.cli.line import nested
from benefits.errors import BadValue, BenefitsError
from benefits.facts import bill_day
from benefits.files.load import first_day, load_plan, period_of
from benefits.jsonio import (
    bill_from_json,
    day_from_json,
    object_to_json,
    person_from_json,
    to_json,
    year_from_json,
)
from benefits.model import Bill, Person
from benefits.plan import Plan
from benefits.strict import read_json


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "adjudicate",
        help="decide bills from a JSON-lines file, accumulating per person",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("plan", metavar="PLAN", help="a plan's name or file")
    parser.add_argument("--bills", required=True, metavar="FILE", help="JSON lines; - reads standard input")
    parser.add_argument(
        "--on", type=date.fromisoformat, help="day whose terms apply (default: the bill's day, else the plan's first)"
    )
    parser.add_argument("--no-trace", action="store_true", help="leave the explanation out")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    session = Session(arguments.plan, arguments.on, with_trace=not arguments.no_trace)
    if arguments.bills == "-":
        return session.run(_text_of(sys.stdin), sys.stdout)
    path = Path(arguments.bills)
    if not path.is_file():
        raise BadValue("--bills", f"there is no file {path}")
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
        return session.run(lines, sys.stdout)


def _text_of(stream: Any) -> IO[str]:
    """Bytes that are not UTF-8 spoil their line, not the run."""
    raw = getattr(stream, "buffer", None)
    return stream if raw is None else io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape")


class Session:
    """One run over a file: remembers people's facts, keeps the book, writes a result per line."""

    def __init__(self, plan_name: str, on: date | None, *, with_trace: bool) -> None:
        self.plan_name, self.on, self.with_trace = plan_name, on, with_trace
        self.first_day = on or first_day(plan_name)
        self.years = InsuranceYears(period_of(plan_name))
        self.plans: dict[date, Plan] = {}
        self.book = Book(self.plan_on)
        self.people: dict[str, dict[str, Any]] = {}
        self.plan_on(self.first_day)  # a plan that cannot be loaded is told at once, not on the first bill

    def plan_on(self, day: date) -> Plan:
        if day not in self.plans:
            self.plans[day] = load_plan(self.plan_name, on=day)
        return self.plans[day]

    def run(self, lines: IO[str], out: IO[str]) -> int:
        failed = 0
        for result in self.results(lines):
            failed += "error" in result
            out.write(json.dumps(result, ensure_ascii=False) + "\n")
        if failed:
            print(f'{failed} line(s) could not be decided; see "error" in the output', file=sys.stderr)
        return 1 if failed else 0

    def results(self, lines: IO[str]) -> Iterator[dict[str, Any]]:
        for number, text in enumerate(lines, start=1):
            if not text.strip():
                continue
            try:
                yield {"line": number, **self.decide(read_json(text))}
            except BenefitsError as error:
                yield _error(number, error.code, error.message)
            except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
                # A line that nobody thought of costs that line, never the thousands after it.
                yield _error(number, "cannot_decide", f"cannot be decided ({type(error).__name__})")

    def decide(self, line: Any) -> dict[str, Any]:
        """One line → decision or reversal as JSON. Raises BenefitsError."""
        if not isinstance(line, dict):
            raise BadValue("line", 'expected an object {"person": …, "bill": …}')
        line = nested(line)
        person = self.person(line.get("person"))
        if "reverses" in line:
            reversal = self.book.reverse(person.id, str(line["reverses"]))
            return {"person_id": person.id, **self.shown(object_to_json(reversal))}
        if "bill" not in line:
            raise BadValue("line", 'has no "bill"')
        bill = bill_from_json(line["bill"])
        year = str(line.get("insurance_year", ""))
        day = self.day(line, bill)
        bills_day = bill_day(self.plan_on(day), bill)
        if "insurance_year" not in line:
            self.years.check(person, bills_day)
        opening = year_from_json(line["year_so_far"]) if "year_so_far" in line else None
        decision = self.book.add(person, bill, on=day, year=year, opening=opening)
        if "insurance_year" not in line:
            self.years.note(person, bills_day)
        return self.shown(to_json(decision))

    def person(self, given: Any) -> Person:
        """The person of a line: what earlier lines said of her, and what this one adds or changes."""
        if isinstance(given, str | int) and not isinstance(given, bool):
            given = {"id": given}
        if not isinstance(given, dict) or "id" not in given:
            raise BadValue("person", 'expected {"id": …, facts} or the id of a person of an earlier line')
        facts = {**self.people.get(str(given["id"]), {}), **given}
        person = person_from_json(facts)
        self.people[person.id] = facts
        return person

    def day(self, line: dict[str, Any], bill: Bill) -> date:
        if "on" in line:
            return day_from_json("on", line["on"])
        return self.on or bill.admitted_on or bill.discharged_on or self.first_day

    def shown(self, result: dict[str, Any]) -> dict[str, Any]:
        if not self.with_trace:
            result.pop("trace", None)
            for decision in result.get("decisions", []):
                decision.pop("trace", None)
        return result


def _error(number: int, code: str, message: str) -> dict[str, Any]:
    return {"line": number, "error": {"code": code, "message": f"line {number}: {message}"}}
