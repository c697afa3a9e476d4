"""An action asks before it looks at anything: whoever may not learns nothing, not even by an error."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from typing import Any

import pytest

from core.actors import Actor, Grant
from core.errors import NotAllowed
from tests.guards.catalogue import Guard, of_the_actions

# These have to look first: at the claim's state, at what the field's own rule says. Their rooms test them.
LOOK_FIRST = {
    "decline_claim", "look_up_stays", "request_materials", "require_desk", "require_hand", "reveal_identity",
}  # fmt: skip


class Nothing:
    """Stands for whatever the action is about. Who looks at it, or does anything with it, fails."""


class Action:
    """The action that a guard of the catalogue stands in, and the permission that it asks for there."""

    def __init__(self, guard: Guard) -> None:
        path, name, permission = guard.name.partition(" of ")[0].split(" ", 2)
        module = import_module(path.removesuffix(".py").replace("/", "."))
        self.run: Callable[..., Any] = getattr(module, name)
        self.permission: str = getattr(module, permission, permission)

    def __call__(self, actor: Actor) -> Any:
        others = {name: Nothing() for name in signature(self.run).parameters if name != "actor"}
        return self.run(**others, actor=actor)


def guards(how: str) -> list[Any]:
    found = [guard for guard in of_the_actions() if guard.place[0] == how and is_an_action(guard)]
    return [pytest.param(Action(guard), id=guard.name) for guard in found]


def is_an_action(guard: Guard) -> bool:
    path, name, *_rest = guard.name.split(" ")
    return "/actions/" in path and name not in LOOK_FIRST


@pytest.mark.django_db
@pytest.mark.parametrize("action", guards("call"))
def test_without_the_permission_it_does_nothing(action: Action) -> None:
    somebody = Actor.holding(7, "staff:xin", "some.other_permission")
    with pytest.raises(NotAllowed) as refused:
        action(somebody)
    assert refused.value.code == "not_allowed"


@pytest.mark.django_db
@pytest.mark.parametrize("action", guards("subject"))
def test_with_the_permission_for_something_else_it_does_nothing(action: Action) -> None:
    elsewhere = {"insurer": frozenset({"dahe"})}
    somebody = Actor(7, "staff:xin", (Grant(frozenset({action.permission}), elsewhere),))
    with pytest.raises(NotAllowed) as refused:
        action(somebody)
    assert refused.value.code == "not_allowed"
