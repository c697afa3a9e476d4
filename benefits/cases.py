"""YAML cases: a plan, a person, bills, and the exact amounts expected. A reviewer without Python can write and run
them.

    python -m benefits cases FILE…

    - case: 山东2015 合规100000.01
      source: 鲁人社发〔2014〕48号 四
      plan: shandong/critical-illness-2015
      on: 2015-06-01
      person: {age: 50}
      bill: {in_scope_yuan: "100000.01"}
      expect: {payable_yuan: "44000.01"}

`bills:` instead of `bill:` runs several in order; `expect` is then a list. `year_so_far: {prior_yuan: {…}}` gives what
was accumulated before. `expect` may name payable, remaining, personal, year_paid, responsibilities {key: yuan}, layers
{key: yuan}, covered, preexisting, refusals. `published_yuan` records what the source prints when it rounds:
{value: 110000, within: 1000}; the computed payable must lie within.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benefits.adjudication import adjudicate
from benefits.errors import BadValue, PlanInvalid
from benefits.files.load import load_plan
from benefits.files.tree import Tree, read_tree
from benefits.jsonio import bill_from_json, person_from_json, year_from_json
from benefits.model import Decision, YearSoFar
from benefits.money import fen_from_yuan, yuan

CASE_KEYS = {
    "case",
    "source",
    "note",
    "evidence",
    "plan",
    "on",
    "person",
    "year_so_far",
    "bill",
    "bills",
    "expect",
    "published_yuan",
}
EXPECT_KEYS = {
    "payable_yuan", "remaining_yuan", "personal_yuan", "year_paid_yuan", "responsibilities", "layers", "covered",
    "preexisting", "refusals", "deductible_used",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a file; `line` is where it begins."""

    name: str
    path: Path
    line: int
    data: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.path.name}:{self.line} {self.name}"


def read_cases(path: Path) -> list[Case]:
    """The cases of a YAML file. Raises PlanInvalid for what cannot be read, with line numbers."""
    tree = read_tree(path.read_text("utf-8"))
    problems = list(tree.problems)
    cases = []
    for i, data in enumerate(tree.data if isinstance(tree.data, list) else []):
        if not isinstance(data, dict) or "case" not in data:
            problems.append(tree.problem((i,), "every entry begins with `case: its name`"))
            continue
        problems += _case_problems(tree, i, data)
        cases.append(Case(str(data["case"]), path, tree.places[(i,)][0], data))
    if not isinstance(tree.data, list) and not problems:
        problems.append(tree.problem((), "expected a list of cases"))
    if problems:
        raise PlanInvalid(str(path), tuple(problems))
    return cases


def _case_problems(tree: Tree, i: int, data: dict[str, Any]) -> list[Any]:
    problems = [tree.problem((i, key), "unknown key in a case") for key in data if key not in CASE_KEYS]
    problems += [
        tree.problem((i,), f"`{key}:` is missing") for key in ("source", "plan", "on", "expect") if key not in data
    ]
    if ("bill" in data) == ("bills" in data):
        problems.append(tree.problem((i,), "give exactly one of `bill:` and `bills:`"))
    expects = data.get("expect", {}) if isinstance(data.get("expect", {}), list) else [data.get("expect", {})]
    for expect in expects:
        problems += [
            tree.problem((i, "expect"), f"unknown expectation {key}") for key in expect if key not in EXPECT_KEYS
        ]
    return problems


def run_case(case: Case) -> list[Decision]:
    """Adjudicate the case's bills in order. Raises the rules' own errors."""
    data = case.data
    plan_name = data["plan"]
    beside = case.path.parent / plan_name
    plan = load_plan(
        beside if beside.suffix in (".yaml", ".yml") and beside.is_file() else plan_name,
        on=date.fromisoformat(str(data["on"])),
    )
    person = person_from_json({"id": "person", **(data.get("person") or {})})
    year = year_from_json(data["year_so_far"]) if "year_so_far" in data else YearSoFar()
    decisions = []
    for i, bill in enumerate(data["bills"] if "bills" in data else [data["bill"]]):
        decision = adjudicate(plan, person, year, bill_from_json({"id": f"bill-{i + 1}", **bill}))
        decisions.append(decision)
        year = decision.year_after
    return decisions


def check_case(case: Case) -> list[str]:
    """What differs from what the case expects, in sentences; empty when it holds."""
    decisions = run_case(case)
    expects = case.data["expect"] if isinstance(case.data["expect"], list) else [case.data["expect"]]
    if len(expects) != len(decisions):
        return [f"{len(decisions)} bills but {len(expects)} expectations"]
    differences = []
    for number, (expect, decision) in enumerate(zip(expects, decisions, strict=True), start=1):
        where = f"bill {number}: " if len(decisions) > 1 else ""
        differences += [where + text for text in _differences(expect, decision)]
    if "published_yuan" in case.data:
        differences += _published(case.data["published_yuan"], sum(d.payable_fen for d in decisions))
    return differences


def _published(published: Any, paid: int) -> list[str]:
    value, within = (published["value"], published.get("within", 0)) if isinstance(published, dict) else (published, 0)
    printed, tolerance = fen_from_yuan("published_yuan", value), fen_from_yuan("published_yuan.within", within)
    return (
        []
        if abs(printed - paid) <= tolerance
        else [f"published {yuan(printed)} within {yuan(tolerance)}, got {yuan(paid)}"]
    )


def _actual(decision: Decision) -> dict[str, Any]:
    return {
        "payable_yuan": decision.payable_fen,
        "remaining_yuan": decision.remaining_fen,
        "personal_yuan": decision.personal_fen,
        "year_paid_yuan": decision.year_after.paid_fen,
        "responsibilities": {r.key: r.payable_fen for r in decision.responsibilities},
        "layers": {layer.key: layer.paid_fen for layer in decision.layers},
        "deductible_used": {r.key: r.deductible_fen for r in decision.responsibilities},
        "covered": decision.covered,
        "preexisting": decision.preexisting,
        "refusals": list(decision.refusals),
    }


def _differences(expect: dict[str, Any], decision: Decision) -> Iterator[str]:
    actual = _actual(decision)
    for key, wanted in expect.items():
        got = actual[key]
        if isinstance(wanted, dict):
            for part, amount in wanted.items():
                fen = fen_from_yuan(f"expect.{key}.{part}", amount)
                if part not in got and key != "layers":
                    raise BadValue(f"expect.{key}", f"the plan has no {part}; it has {', '.join(got)}")
                if got.get(part, 0) != fen:
                    yield f"{key}.{part}: expected {yuan(fen)}, got {yuan(got.get(part, 0))}"
        elif key.endswith("_yuan"):
            fen = fen_from_yuan(f"expect.{key}", wanted)
            if got != fen:
                yield f"{key}: expected {yuan(fen)}, got {yuan(got)}"
        elif got != wanted:
            yield f"{key}: expected {wanted}, got {got}"
