"""Other values in a plan file's text, everything else left as it stands: comments, order, the way a number is written.

    places = places_of(text, on=date(2027, 1, 1))
    places["compliant_self_pay.rate"].value                     # 0.75
    with_values(text, {places["compliant_self_pay.rate"]: "0.8"})

A parameter is named as `python -m benefits check` names it; of bands each number is a place of its own
(`critical_illness.bands[0].rate`). Blocks that are written once and repeated by `*alias` have one place: `repeats`
lists the other names that change with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import yaml

from benefits.errors import PlanInvalid
from benefits.files.load import load_text
from benefits.files.tree import LOADER, Path, path_text

BAND_PARTS = ("from", "to", "rate")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands. start, end: in the text. path: as problems name it. kind: money, rate, whole; unit: yuan,
    fen, ratio, percent, days, years, items. row: the parameter that it belongs to (of a band: all the bands)."""

    name: str
    row: str
    path: str
    value: str
    kind: str
    unit: str
    start: int
    end: int
    repeats: tuple[str, ...] = field(default=(), compare=False)


def places_of(text: str, *, on: date) -> dict[str, Place]:
    """By name, in the order of the plan's parameters, those of `repeats` left out. Raises what `load_text` raises."""
    plan = load_text(text, name="draft", on=on)
    root = yaml.compose(text, Loader=LOADER)
    assert root is not None  # it was loaded
    nodes = dict(_named(root, (), ""))
    found: dict[str, Place] = {}
    by_start: dict[int, str] = {}
    for row in plan.parameters:
        for place in _places(row.path, row.unit, *nodes[row.path], on):
            first = by_start.setdefault(place.start, place.name)
            if first == place.name:
                found[place.name] = place
            else:
                found[first] = replace(found[first], repeats=(*found[first].repeats, place.name))
    return found


def with_values(text: str, values: Mapping[Place, str]) -> str:
    """The text with these in place of what stood there. Whether the plan is still good says `check_text`."""
    for place in sorted(values, key=lambda one: -one.start):
        text = text[: place.start] + values[place] + text[place.end :]
    return text


def problem_places(error: PlanInvalid, places: Mapping[str, Place]) -> dict[str, list[str]]:
    """The messages of a refused plan by the name of the place that they concern; "" for all that concern none."""
    out: dict[str, list[str]] = {}
    for problem in error.problems:
        near = [place.name for place in places.values() if _is_at(problem.path, place.path)]
        out.setdefault(near[0] if near else "", []).append(problem.message)
    return out


def _is_at(problem: str, place: str) -> bool:
    """A finding at the place itself, or at what it is written in."""
    return bool(problem) and (place == problem or place.startswith((f"{problem}.", f"{problem}[")))


def _named(node: yaml.Node, path: Path, name: str) -> Iterator[tuple[str, tuple[yaml.Node, Path]]]:
    """Every node by the name that `Parameters.name_of` gives its path."""
    if name:
        yield name, (node, path)
    if isinstance(node, yaml.MappingNode):
        for key_node, child in node.value:
            key = str(key_node.value)
            yield from _named(child, (*path, key), f"{name}.{key}" if name else key)
    elif isinstance(node, yaml.SequenceNode):
        for i, child in enumerate(node.value):
            own = _own_name(child)
            here = f"{name}[{i}]" if own is None else f"{name.rpartition('.')[0]}.{own}" if "." in name else own
            yield from _named(child, (*path, i), here)


def _own_name(node: yaml.Node) -> str | None:
    held = _held(node)
    for key in ("key", "layer"):
        if isinstance(held.get(key), yaml.ScalarNode):
            return str(held[key].value)
    return None


def _held(node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): child for key, child in node.value}


def _places(name: str, unit: str, node: yaml.Node, path: Path, on: date) -> Iterator[Place]:
    node, path = _in_force(node, path, on)
    if isinstance(node, yaml.ScalarNode):
        yield _place(name, name, unit, node, path)
        return
    for i, band in enumerate(node.value if isinstance(node, yaml.SequenceNode) else ()):
        for part, child in _held(band).items():
            if part in BAND_PARTS and isinstance(child, yaml.ScalarNode) and child.value not in ("", "~", "null"):
                of = unit if part != "rate" else "ratio"
                yield _place(f"{name}[{i}].{part}", name, of, child, (*path, i, part))


def _in_force(node: yaml.Node, path: Path, on: date) -> tuple[yaml.Node, Path]:
    """Of a parameter written as a block, the value itself; of a dated one that of the day."""
    held = _held(node)
    if "value" in held:
        return held["value"], (*path, "value")
    if "values" not in held:
        return node, path
    dated: dict[str, Any] = _held(held["values"])
    day = max(day for day in dated if date.fromisoformat(day) <= on)
    return dated[day], (*path, "values", day)


_KINDS = {"yuan": "money", "fen": "money", "ratio": "rate", "percent": "rate"}


def _place(name: str, row: str, unit: str, node: yaml.ScalarNode, path: Path) -> Place:
    start, end = node.start_mark.index, node.end_mark.index
    return Place(name, row, path_text(path), str(node.value), _KINDS.get(unit, "whole"), unit, start, end)
