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
import json
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from benefits.book import Book
from benefits.errors import BadValue, BenefitsError
from benefits.files.load import first_day, load_plan
from benefits.jsonio import (
    BILL_MONEY,
    BILL_READERS,
    PERSON_READERS,
    bill_from_json,
    object_to_json,
    person_from_json,
    to_json,
    year_from_json,
)
from benefits.model import Bill, Person
from benefits.plan import Plan

LINE_KEYS = {"person", "bill", "year_so_far", "insurance_year", "on", "reverses"}


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
        return session.run(sys.stdin, sys.stdout)
    path = Path(arguments.bills)
    if not path.is_file():
        raise BadValue("--bills", f"there is no file {path}")
    with path.open(encoding="utf-8-sig") as lines:
        return session.run(lines, sys.stdout)


class Session:
    """One run over a file: remembers people's facts, keeps the book, writes a result per line."""

    def __init__(self, plan_name: str, on: date | None, *, with_trace: bool) -> None:
        self.plan_name, self.on, self.with_trace = plan_name, on, with_trace
        self.first_day = on or first_day(plan_name)
        self.plans: dict[date, Plan] = {}
        self.book = Book(self.plan_on)
        self.people: dict[str, Person] = {}
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
                yield {"line": number, **self.decide(json.loads(text, parse_float=Decimal))}
            except json.JSONDecodeError as error:
                yield _error(number, "bad_json", f"not readable as JSON: {error.msg} at column {error.colno}")
            except BenefitsError as error:
                yield _error(number, error.code, error.message)

    def decide(self, line: Any) -> dict[str, Any]:
        """One line → decision or reversal as JSON. Raises BenefitsError."""
        if not isinstance(line, dict):
            raise BadValue("line", 'expected an object {"person": …, "bill": …}')
        line = _nested(line)
        person = self.person(line.get("person"))
        if "reverses" in line:
            reversal = self.book.reverse(person.id, str(line["reverses"]))
            return {"person_id": person.id, **self.shown(object_to_json(reversal))}
        if "bill" not in line:
            raise BadValue("line", 'has no "bill"')
        bill = bill_from_json(line["bill"])
        year = str(line.get("insurance_year", ""))
        if "year_so_far" in line:
            self.book.open_year(person, year, year_from_json(line["year_so_far"]))
        return self.shown(to_json(self.book.add(person, bill, on=self.day(line, bill), year=year)))

    def person(self, given: Any) -> Person:
        if isinstance(given, str | int):
            return self.people.setdefault(str(given), Person(str(given)))
        if not isinstance(given, dict) or "id" not in given:
            raise BadValue("person", 'expected {"id": …, facts} or the id of a person of an earlier line')
        if set(given) == {"id"} and str(given["id"]) in self.people:
            return self.people[str(given["id"])]
        person = person_from_json(given)
        self.people[person.id] = person
        return person

    def day(self, line: dict[str, Any], bill: Bill) -> date:
        if "on" in line:
            try:
                return date.fromisoformat(str(line["on"]))
            except ValueError:
                raise BadValue("on", f"expected a date such as 2026-03-01, got {line['on']!r}") from None
        return self.on or bill.admitted_on or bill.discharged_on or self.first_day

    def shown(self, result: dict[str, Any]) -> dict[str, Any]:
        if not self.with_trace:
            result.pop("trace", None)
            for decision in result.get("decisions", []):
                decision.pop("trace", None)
        return result


def _error(number: int, code: str, message: str) -> dict[str, Any]:
    return {"line": number, "error": {"code": code, "message": f"line {number}: {message}"}}


def _nested(given: dict[str, Any]) -> dict[str, Any]:
    """Names that stand on the line itself go into its person or its bill, each where it is known."""
    person: dict[str, Any] = {}
    bill: dict[str, Any] = {}
    line: dict[str, Any] = {}
    for key, value in given.items():
        if key in LINE_KEYS:
            line[key] = value
        elif key in ("person_id", "person_tags"):
            person[key.removeprefix("person_")] = value
        elif key in ("bill_id", "bill_tags"):
            bill[key.removeprefix("bill_")] = value
        elif key in ("id", "tags"):
            raise BadValue(key, f"say person_{key} or bill_{key}, or put it inside the person or the bill")
        elif key in PERSON_READERS:
            person[key] = value
        elif key in BILL_READERS or key in BILL_MONEY or key.endswith("_yuan") or key == "other_amounts":
            bill[key] = value
        else:
            raise BadValue(key, "unknown name")
    for name, flat in (("person", person), ("bill", bill)):
        if flat and isinstance(line.get(name), dict):
            line[name] = {**flat, **line[name]}
        elif flat and name in line:
            raise BadValue(name, f"is given as {line[name]!r}; write {', '.join(flat)} inside it as an object")
        elif flat:
            line[name] = flat
    return line
