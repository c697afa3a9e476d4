"""Draws who listens to whom into docs/listeners.md: `python -m scripts.listener_docs [--check]`.

A room tells an inner one what to call when it starts (core.registry). Seen here as it happens, not read from the code:
a listener that registers in a roundabout way is drawn too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from itertools import groupby
from pathlib import Path
from types import FrameType, FunctionType
from typing import Any

from core.registry import Registry
from scripts.rooms import rooms

TARGET = Path(__file__).resolve().parent.parent / "docs" / "listeners.md"
HEAD = """# Who listens to whom

Written by `make docs` from what the rooms register when the product starts; `make lint` fails when this page and the
product differ. An inner room never imports an outer one: it keeps a registry, the outer room registers what is to be
called, and the inner one calls that by name. An arrow points from the room that calls to the room that listens.
Left out: personal fields ([personal data](personal-data.md)) and texts of messages, as nothing is called; and the
checks of a claim, which are its own room's files ([checks](adding-a-check.md)).
"""
# What is only kept by a name and not called: a text, a declaration. Drawn in the list, not as an arrow.
NOT_CALLED = "—"
# Declarations that are many and read elsewhere: docs/personal-data.md, the rooms' messages.py, claims/checks/.
ELSEWHERE = ("personal field", "text message template", "check of a claim")


@dataclass(frozen=True)
class Heard:
    """One registration. where: the module that keeps the registry. calls: what will be called, or NOT_CALLED."""

    where: str
    kind: str
    name: str
    room: str
    calls: str

    @property
    def caller(self) -> str:
        return self.where.partition(".")[0]


def listen(house: frozenset[str]) -> list[Heard]:
    """From here on every registration is noted in the list, with the room whose start it belongs to."""
    heard: list[Heard] = []
    register, create = Registry.register, Registry.__init__
    kept_in: dict[int, str] = {}

    def created(self: Registry[Any], kind: str) -> None:
        kept_in[id(self)] = sys._getframe(1).f_globals["__name__"]
        create(self, kind)

    def registered(self: Registry[Any], name: str, item: object) -> object:
        where = kept_in[id(self)]
        room = _room(sys._getframe(1), house) or where.partition(".")[0]
        if name not in self and room in house and self.kind not in ELSEWHERE:
            heard.append(Heard(where, self.kind, name, room, ", ".join(_called(item)) or NOT_CALLED))
        return register(self, name, item)

    Registry.__init__ = created  # type: ignore[method-assign]
    Registry.register = registered  # type: ignore[method-assign,assignment]
    return heard


def _room(frame: FrameType | None, house: frozenset[str]) -> str | None:
    """The room whose AppConfig.ready is running; the tests' own app stands for an outer room and is none."""
    while frame is not None:
        room, _, module = str(frame.f_globals.get("__name__", "")).partition(".")
        if frame.f_code.co_name == "ready" and module == "apps" and room in house:
            return room
        if room == "tests":
            return room
        frame = frame.f_back
    return None


def _called(item: object) -> Iterator[str]:
    """The functions in a registered thing, by module and name, but those that do nothing and stand for themselves."""
    parts = [getattr(item, field.name) for field in fields(item)] if is_dataclass(item) else [item]
    for part in parts:
        if isinstance(part, FunctionType) and not _does_nothing(part):
            yield f"{part.__module__}.{part.__qualname__}"


def _does_nothing(function: FunctionType) -> bool:
    """A default that stands for nobody: its body is a docstring."""
    return function.__code__.co_code == _nothing.__code__.co_code


def _nothing() -> None:
    """What a listener without a body compiles to."""


def render(heard: list[Heard]) -> str:
    """The whole page: a drawing of rooms, then a table for each registry."""
    ordered = sorted(heard, key=lambda one: (one.where, one.kind, one.name))
    return "\n".join([HEAD, _drawing(ordered), *_tables(ordered)])


def _drawing(heard: list[Heard]) -> str:
    arrows: dict[tuple[str, str], set[str]] = {}
    for one in heard:
        if one.caller != one.room and one.calls != NOT_CALLED:
            arrows.setdefault((one.caller, one.room), set()).add(one.kind)
    lines = [f'    {caller} -- "{"<br>".join(sorted(kinds))}" --> {room}' for (caller, room), kinds in arrows.items()]
    return "\n".join(["```mermaid", "flowchart LR", *sorted(lines), "```", ""])


def _tables(heard: list[Heard]) -> Iterator[str]:
    for (where, kind), members in groupby(heard, key=lambda one: (one.where, one.kind)):
        lines = [f"| `{one.name}` | {one.room} | {_code(one.calls)} |" for one in members]
        yield "\n".join(
            [f"## {kind} (`{where}`)", "", "| name | registered by | what is called |", "|---|---|---|", *lines, ""]
        )


def _code(calls: str) -> str:
    return calls if calls == NOT_CALLED else ", ".join(f"`{name}`" for name in calls.split(", "))


def main(setup: Callable[[], None] | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    heard = listen(frozenset(rooms()))
    if setup is None:
        import django

        setup = django.setup
    setup()
    page = render(heard)
    if "--check" in sys.argv:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != page:
            print("docs/listeners.md is not what the rooms register: run `make docs`")
            return 1
        return 0
    TARGET.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
