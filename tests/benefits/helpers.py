"""Plans written in the test that uses them, and a short way to adjudicate on them."""

from __future__ import annotations

from datetime import date
from textwrap import dedent, indent

from benefits import Bill, Decision, Person, Plan, YearSoFar, adjudicate
from benefits.files.load import check_text, load_text

HEAD = """\
format: 1
id: test/product
name: {zh: 测试产品, en: Test product}
kind: huiminbao
source: 测试条款
in_force: {from: 2026-01-01}
units: {money: yuan, rate: ratio}
"""
ON = date(2026, 6, 1)
LI = Person("li", preexisting=False)


def plan_text(responsibilities: str, more: str = "") -> str:
    """A whole plan file from its responsibilities and further top-level blocks."""
    return HEAD + dedent(more) + "responsibilities:\n" + indent(dedent(responsibilities), "  ")


def plan_of(responsibilities: str, more: str = "", *, on: date = ON) -> Plan:
    return load_text(plan_text(responsibilities, more), name="test", on=on)


def problems_of(text: str) -> list[str]:
    return [str(problem) for problem in check_text(text)]


def yuan(amount: float) -> int:
    """Yuan of a test's sentence → fen."""
    return round(amount * 100)


def run(plan: Plan, *bills: Bill, person: Person = LI, year: YearSoFar | None = None) -> list[Decision]:
    """Adjudicate bills in order; they get ids b1, b2 … when they have none."""
    so_far, decisions = year or YearSoFar(), []
    for bill in bills:
        decision = adjudicate(plan, person, so_far, bill)
        decisions.append(decision)
        so_far = decision.year_after
    return decisions


def paid(plan: Plan, *bills: Bill, person: Person = LI, year: YearSoFar | None = None) -> list[int]:
    """What each bill is paid, in fen."""
    return [decision.payable_fen for decision in run(plan, *bills, person=person, year=year)]
