"""Find, check and load plan files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from benefits.errors import PlanInvalid, PlanNotFound, Problem
from benefits.files.compile import Compiler
from benefits.files.tree import Tree, read_tree
from benefits.plan import Listed, Plan

ROOT = Path(__file__).resolve().parent.parent
PLANS = ROOT / "plans"


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / "plan.schema.json").read_text("utf-8")))


def list_plans() -> list[str]:
    """Names of the plans that ship with the product, as `load_plan` takes them."""
    return sorted(str(path.relative_to(PLANS).with_suffix("")) for path in PLANS.rglob("*.yaml"))


def find_plan(name_or_path: str | Path) -> Path:
    """`sanmenxia/huiminbao`, or the path of a file. Raises PlanNotFound naming close matches."""
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        if path.is_file():
            return path
        raise PlanNotFound(f"there is no file {path}")
    shipped = PLANS / f"{name_or_path}.yaml"
    if shipped.is_file():
        return shipped
    near = get_close_matches(str(name_or_path), list_plans(), n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else "; `python -m benefits plans` lists them"
    raise PlanNotFound(f"there is no plan named {name_or_path}{hint}")


def _schema_problems(tree: Tree) -> list[Problem]:
    problems: list[Problem] = []
    for error in _validator().iter_errors(tree.data):
        problems.extend(_explain(tree, error))
    return problems


def _explain(tree: Tree, error: ValidationError) -> list[Problem]:
    path = tuple(error.absolute_path)
    instance: Any = error.instance
    rule: Any = error.validator_value
    if error.validator == "additionalProperties" and isinstance(instance, dict) and isinstance(error.schema, dict):
        known = list(error.schema.get("properties", {}))
        return [tree.problem((*path, key), _unknown_key(key, known)) for key in instance if key not in known]
    if error.validator == "required":
        return [tree.problem(path, f"`{name}:` is missing") for name in rule if name not in instance][:1]
    if error.validator == "oneOf":
        choices = [" and ".join(choice.get("required", [])) for choice in rule]
        return [tree.problem(path, f"needs exactly one of: {', '.join(choices)}")]
    if error.validator == "enum" and rule == ["not_stated"]:
        return [tree.problem(path, f"expected a number, or the word not_stated; got {_shown(instance)}")]
    if error.validator == "enum":
        return [tree.problem(path, f"{instance!r} is not one of {', '.join(map(str, rule))}")]
    if error.validator == "type":
        return [tree.problem(path, f"expected {_type_name(rule)}, got {_shown(instance)}")]
    if error.validator == "pattern":
        return [tree.problem(path, f"{instance!r} does not look right; expected {_pattern_name(str(rule))}")]
    return [tree.problem(path, error.message)]


def _unknown_key(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1)
    if " " in key:
        return "not a key: inside {…}, text with a comma needs quotes"
    return "unknown key" + (f"; did you mean `{near[0]}`?" if near else f"; known here are {', '.join(known)}")


def _type_name(wanted: Any) -> str:
    names = {"object": "a block of `key: value` lines", "array": "a list", "string": "text", "number": "a number",
             "integer": "a whole number", "boolean": "true or false", "null": "nothing"}  # fmt: skip
    return " or ".join(names[one] for one in (wanted if isinstance(wanted, list) else [wanted]))


def _pattern_name(pattern: str) -> str:
    if "[0-9]{4}" in pattern:
        return "a date such as 2026-01-01"
    if "%" in pattern:
        return "a rate such as 0.75 or 75%"
    return "lower-case letters, digits and _" if "/" not in pattern else "place/product in lower-case letters"


def _shown(value: Any) -> str:
    return (
        "a block"
        if isinstance(value, dict)
        else "a list"
        if isinstance(value, list)
        else "nothing"
        if value is None
        else repr(str(value))
    )


def _days_to_check(tree: Tree) -> list[date]:
    """The first day in force and every day on which a dated value begins."""
    days: set[date] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("values"), dict):
                for text in node["values"]:
                    try:
                        days.add(date.fromisoformat(text))
                    except ValueError:
                        continue  # reported by the parameter's own reader
            for item in node.values():
                walk(item)
        elif isinstance(node, list):
            for item in node:
                walk(item)

    walk(tree.data)
    in_force = tree.data["in_force"]
    start = date.fromisoformat(in_force["from"])
    end = date.fromisoformat(in_force["to"]) if "to" in in_force else date.max
    return [start, *sorted(day for day in days if start < day < end)]


def _in_force_problems(tree: Tree) -> list[Problem]:
    problems = []
    in_force, days = tree.data["in_force"], {}
    for name, text in in_force.items():
        try:
            days[name] = date.fromisoformat(text)
        except ValueError:
            problems.append(tree.problem(("in_force", name), "not a date of the calendar"))
    if len(days) == 2 and days["to"] <= days["from"]:
        problems.append(tree.problem(("in_force", "to"), "lies on or before `from`; it is the day after the last"))
    return problems


def check_text(text: str) -> tuple[Problem, ...]:
    """All problems of a plan file's text, in the order of the file; empty when it is good on every day in force."""
    tree = read_tree(text)
    problems = list(tree.problems)
    if tree.data is not None:
        schema = _schema_problems(tree)
        problems += schema
        if not schema:
            problems += _in_force_problems(tree)
        if not problems:
            for day in _days_to_check(tree):
                compiler = Compiler(tree, day)
                compiler.plan()
                problems += compiler.problems
    return tuple(sorted(set(problems), key=_place))


def check_plan(name_or_path: str | Path) -> tuple[Problem, ...]:
    """All problems of a plan file, its name included. Raises PlanNotFound."""
    path = find_plan(name_or_path)
    text = path.read_text("utf-8")
    problems = check_text(text)
    tree = read_tree(text)
    name = f"{path.resolve().parent.name}/{path.stem}"
    if isinstance(tree.data, dict) and isinstance(tree.data.get("id"), str) and tree.data["id"] != name:
        wrong = tree.problem(("id",), f"is {tree.data['id']}, but folder and file say {name}: one of them is wrong")
        problems = tuple(sorted({*problems, wrong}, key=_place))
    return problems


def _place(problem: Problem) -> tuple[int, int, str]:
    return problem.line, problem.column, problem.message


def load_plan(name_or_path: str | Path, *, on: date) -> Plan:
    """The plan as it is in force on `on`.

    Raises PlanNotFound, PlanInvalid (with every problem), ParameterNotFound (a value has no date on or before `on`).
    """
    path = find_plan(name_or_path)
    stamp = path.stat()
    return _load_unchanged(path, stamp.st_mtime_ns, stamp.st_size, str(name_or_path), on)


@lru_cache(maxsize=64)
def _load_unchanged(path: Path, _changed_ns: int, _size: int, name: str, on: date) -> Plan:
    """A file that has not changed is not read again: claims ask for the same plan all day."""
    return load_text(path.read_text("utf-8"), name=name, on=on)


def load_text(text: str, *, name: str, on: date) -> Plan:
    """`load_plan` for text in hand (an editor, a filed version from a database)."""
    tree = _sound_tree(text, name)
    _refuse_day_outside(tree, name, on)
    return _compile(tree, name, on)


def _sound_tree(text: str, name: str) -> Tree:
    tree = read_tree(text)
    problems = tree.problems or _schema_problems(tree) or _in_force_problems(tree)
    if problems:
        raise PlanInvalid(name, tuple(sorted(problems, key=lambda p: (p.line, p.column))))
    return tree


def _compile(tree: Tree, name: str, on: date) -> Plan:
    compiler = Compiler(tree, on)
    plan = compiler.plan()
    if compiler.missing:
        raise compiler.missing[0]
    if plan is None:
        raise PlanInvalid(name, tuple(compiler.problems))
    return plan


@dataclass(frozen=True, slots=True)
class DatedPlan:
    """A filed text, compiled for all its days at once. versions: (first day, plan), one for each day on which a value
    begins. ends_on: the day after the last."""

    name: str
    versions: tuple[tuple[date, Plan], ...]
    ends_on: date

    def on(self, day: date) -> Plan:
        """The plan in force on a day. Raises PlanNotFound outside the days in force."""
        found = None
        for begins_on, plan in self.versions:
            if begins_on <= day < self.ends_on:
                found = plan
        if found is None:
            raise PlanNotFound(f"{self.name} is not in force on {day.isoformat()}")
        return found

    def with_lists(self, lists: Mapping[str, Sequence[tuple[date, Listed]]]) -> DatedPlan:
        """The same terms with what is on the plan's lists on each day.

        lists: by key, (first day, what is on it), oldest first. Before the first one's day, and where none is given,
        the text's own items count.
        """
        starts = self.versions[0][0]
        days = {day for day, _plan in self.versions}
        days |= {day for versions in lists.values() for day, _listed in versions if starts < day < self.ends_on}
        return DatedPlan(self.name, tuple((day, self._listing(day, lists)) for day in sorted(days)), self.ends_on)

    def _listing(self, day: date, lists: Mapping[str, Sequence[tuple[date, Listed]]]) -> Plan:
        plan = self.on(day)
        now = {key: listed for key, versions in lists.items() for from_on, listed in versions if from_on <= day}
        return plan.with_lists({key: listed for key, listed in now.items() if key in plan.lists})


def load_dated(text: str, *, name: str) -> DatedPlan:
    """`load_text` for every day of a filed text. Raises PlanInvalid, ParameterNotFound."""
    tree = _sound_tree(text, name)
    ends_on = tree.data["in_force"].get("to")
    return DatedPlan(
        name,
        tuple((day, _compile(tree, name, day)) for day in _days_to_check(tree)),
        date.fromisoformat(ends_on) if ends_on else date.max,
    )


def _refuse_day_outside(tree: Tree, name: str, on: date) -> None:
    in_force = tree.data["in_force"]
    start = date.fromisoformat(in_force["from"])
    end = date.fromisoformat(in_force["to"]) if "to" in in_force else None
    if on < start or (end is not None and on >= end):
        last = "" if end is None else f" to {(end - timedelta(days=1)).isoformat()}"
        raise PlanNotFound(f"{name} is in force from {start.isoformat()}{last}, not on {on.isoformat()}")


def period_of(name_or_path: str | Path) -> tuple[date, date | None]:
    """The first day a plan is in force and the day after the last, None if it is open. Raises what `first_day` does."""
    begins = first_day(name_or_path)
    ends = read_tree(find_plan(name_or_path).read_text("utf-8")).data["in_force"].get("to")
    return begins, date.fromisoformat(str(ends)) if ends else None


def first_day(name_or_path: str | Path) -> date:
    """The first day a plan is in force. Raises PlanInvalid when the file cannot be read that far."""
    tree = read_tree(find_plan(name_or_path).read_text("utf-8"))
    try:
        return date.fromisoformat(tree.data["in_force"]["from"])
    except (TypeError, KeyError, ValueError):
        problems = tuple(tree.problems) or (
            tree.problem(("in_force",), "`in_force: {from: …}` is missing or not a date"),
        )
        raise PlanInvalid(str(name_or_path), problems) from None
