"""Keys: the names of everything in a plan year by which a published sentence can be true.

- a parameter as `python -m benefits check` names it: `compliant_self_pay.rate`, `basic_fund.adjustments[0].deductible`
- what has no number: `exclusions.meals`, `lists.special_drugs`, `preexisting.diagnoses`, `compliant_self_pay.base`
  (what it counts) and `.if` (for which bills), `basic_fund.simulate`, `….adjustments[0].if` (for whom) and `.covered`
- the product's own terms: `year.premium`, `year.cover`, `year.window`, `year.insurers`
- `supplier:<fact>`: a fact of the person, the bill or its lines that somebody supplies
- `portal:<rule>`: what the portal itself keeps (`products.promises`)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from benefits.files.tree import read_tree
from products import promises
from products.suppliers import SUPPLIERS

YEAR_KEYS = ("year.premium", "year.cover", "year.window", "year.insurers")
SUPPLIER, PORTAL = "supplier:", "portal:"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a plan file with terms of its own. path: how its parameters begin. adjustments: where those that may
    change its terms stand, in the order of `TermSet.adjustments`."""

    path: str
    node: Mapping[str, Any]
    adjustments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """What a plan file holds beside its parameters. parts: by key, as written."""

    blocks: Mapping[str, Block]
    parts: Mapping[str, Any]


@lru_cache(maxsize=32)
def structure_of(text: str) -> Structure:
    """text: of a sound plan file."""
    data = read_tree(text).data
    blocks = {block.path: block for block in _blocks(data)}
    return Structure(blocks, dict(_parts(data, blocks.values())))


def _blocks(data: Mapping[str, Any]) -> Iterator[Block]:
    for node in data.get("waterfall", []):
        yield _block(node["layer"], node)
    wide = data.get("adjustments", [])
    for node in data.get("responsibilities", []):
        reach = [i for i, one in enumerate(wide) if node["key"] in one.get("responsibilities", [node["key"]])]
        yield _block(node["key"], node, reach)
    for kind, pools in data.get("pools", {}).items():
        for key, node in pools.items():
            yield _block(f"pools.{kind}.{key}", node)


def _block(path: str, node: Mapping[str, Any], wide: list[int] | None = None) -> Block:
    own = [f"{path}.adjustments[{i}]" for i in range(len(node.get("adjustments", [])))]
    return Block(path, node, (*own, *(f"adjustments[{i}]" for i in wide or [])))


def _parts(data: Mapping[str, Any], blocks: Any) -> Iterator[tuple[str, Any]]:
    for one in data.get("exclusions", []):
        yield f"exclusions.{one['key']}", one
    for key, node in data.get("lists", {}).items():
        yield f"lists.{key}", node
    if data.get("preexisting", {}).get("rule", "none") != "none":
        yield from _some(
            "preexisting", data["preexisting"], "diagnoses", "benefits", "same_disease_only", "counted_from"
        )
    for i, node in enumerate(data.get("waiting_period", [])):
        yield from _some(f"waiting_period[{i}]", node, "if", "except_encounters")
    for i, node in enumerate(data.get("premium", [])):
        yield from _some(f"premium[{i}]", node, "if")
    for i, node in enumerate(data.get("adjustments", [])):
        yield from _some(f"adjustments[{i}]", node, "if", "covered")
    for block in blocks:
        yield from _some(block.path, block.node, "base", "if")
        if block.node.get("simulate", "never") != "never":
            yield f"{block.path}.simulate", block.node["simulate"]
        for i, node in enumerate(block.node.get("adjustments", [])):
            yield from _some(f"{block.path}.adjustments[{i}]", node, "if", "covered")


def _some(path: str, node: Mapping[str, Any], *names: str) -> Iterator[tuple[str, Any]]:
    yield from ((f"{path}.{name}", node[name]) for name in names if name in node)


def is_outside(key: str) -> bool:
    """Of a supplier or of the portal: true of more than one plan year, so no text must say it."""
    return key.startswith((SUPPLIER, PORTAL))


def _supplied() -> frozenset[str]:
    """The names of benefits' fields that somebody supplies (products.suppliers): "place", "preexisting", "tags" …"""
    return frozenset(name.partition(":")[0].partition(".")[2].removesuffix("_fen") for name in SUPPLIERS)


def outside_is_known(key: str) -> bool:
    if key.startswith(SUPPLIER):
        return key.removeprefix(SUPPLIER) in _supplied()
    return key.removeprefix(PORTAL) in promises.declared()
