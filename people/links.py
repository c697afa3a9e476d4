"""What outer rooms do when a person is given back by the account that stood for her. They register from above."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from accounts.models import User
from core.actors import Actor
from core.registry import Registry
from people.models import Person


class LetGo(Protocol):
    def __call__(self, person: Person, account: User, /, *, actor: Actor, now: datetime) -> None: ...


_rooms: Registry[LetGo] = Registry("way to let go of a person")


def register(room: str, let_go: Callable[..., None]) -> None:
    _rooms.register(room, let_go)


def released(person: Person, account: User, *, actor: Actor, now: datetime) -> None:
    """In the transaction that ends the link."""
    for let_go in _rooms.values():
        let_go(person, account, actor=actor, now=now)
