"""Which records the law makes us keep, asked of the rooms that hold them (they register from above).

A room registers `holds(user_id) -> list[Hold]`. Source: Insurance Law 87, PIPL 47 (deletion gives way to
a retention period laid down by law; then only storing is allowed).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Hold:
    """reason: a sentence for the person. until: first civil day on which the records may go; None is not known yet."""

    reason: str | Promise
    until: date | None


_registered: dict[str, Callable[[int], list[Hold]]] = {}


def register(room: str, holds: Callable[[int], list[Hold]]) -> None:
    _registered[room] = holds


def holds_on(user_id: int) -> list[Hold]:
    """Everything that keeps this person's data from being deleted now, longest first."""
    found = [hold for holds in _registered.values() for hold in holds(user_id)]
    return sorted(found, key=lambda hold: hold.until or date.max, reverse=True)
