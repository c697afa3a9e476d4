"""What the portal itself keeps, so that a published text may promise it: `portal:<name>` behind a sentence.

Each room declares its own at the start, with the code that keeps it and, where the promise has a number, the constant
by which that code works: a text shows the number from here and never types it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Promise:
    """kept_by: dotted name of what keeps it (a test looks). unit of `figure`: days, working_days, years or age."""

    name: str
    kept_by: str
    figure: int | None = None
    unit: str = ""


_declared: dict[str, Promise] = {}


def declare(name: str, *, kept_by: str, figure: int | None = None, unit: str = "") -> None:
    """Raises ValueError for a name that something else keeps already."""
    promise = Promise(name, kept_by, figure, unit)
    if _declared.setdefault(name, promise) != promise:
        raise ValueError(f"{name} is kept by {_declared[name].kept_by} already")


def declared() -> Mapping[str, Promise]:
    return MappingProxyType(_declared)


def register() -> None:
    """This room's own."""
    declare("lists_are_filed", kept_by="products.actions.publish_list")
    declare("rounding", kept_by="benefits.money")
