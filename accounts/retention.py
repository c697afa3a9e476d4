"""Which records the law makes us keep, asked of the rooms that hold them (they register from above).

A room registers `holds(user_id) -> list[Hold]`, and `let_go(user_id, *, actor, now)` to forget what nothing holds when
the person leaves, in the transaction that closes the account. Source: Insurance Law 87, PIPL 47 (deletion gives way to
a retention period laid down by law; then only storing is allowed).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.utils.functional import Promise

from core.actors import Actor
from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Hold:
    """reason: a sentence for the person. until: first civil day on which the records may go; None is not known yet."""

    reason: str | Promise
    until: date | None


class LetGo(Protocol):
    def __call__(self, user_id: int, *, actor: Actor, now: datetime) -> None: ...


rooms_that_hold: Registry[Callable[[int], list[Hold]]] = Registry("hold on records")
rooms_that_forget: Registry[LetGo] = Registry("way to forget a person")


def register(room: str, holds: Callable[[int], list[Hold]], *, let_go: LetGo | None = None) -> None:
    rooms_that_hold.register(room, holds)
    if let_go is not None:
        rooms_that_forget.register(room, let_go)


def let_go(user_id: int, *, actor: Actor, now: datetime) -> None:
    """Every room forgets this person, as far as no hold stands in the way. In the caller's transaction.

    The outermost first: by the links that an inner room cuts, an outer one finds what is hers.
    """
    for forget in reversed(rooms_that_forget.values()):
        forget(user_id, actor=actor, now=now)


def holds_on(user_id: int) -> list[Hold]:
    """Everything that keeps this person's data from being deleted now, longest first."""
    found = [hold for holds in rooms_that_hold.values() for hold in holds(user_id)]
    return sorted(found, key=lambda hold: hold.until or date.max, reverse=True)
