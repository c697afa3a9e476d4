"""Which tests come near which guard: every test is run once with all guards on, and what refused is written down.

No proof, only the order in which the audit asks: a test that the guard refused something in is the likeliest to be red
without it.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.contrib import admin

from core import access, guards
from core.actors import Actor
from core.errors import NotAllowed
from launch.places import CHECKOUT
from tests.guards.catalogue import ROOMS, Guard, permissions_of_page

SEEN = CHECKOUT / "var" / "guards" / "seen.jsonl"


def watch(items: list[pytest.Item], run: Callable[[pytest.Item], bool | None]) -> None:
    """Run each test that was not watched before and add its line to SEEN."""
    SEEN.parent.mkdir(parents=True, exist_ok=True)
    done = {line["test"] for line in _lines()}
    with SEEN.open("a", encoding="utf-8") as lines:
        for item in items:
            if item.nodeid in done:
                continue
            marks: set[str] = set()
            began = time.monotonic()
            with _watching(marks):
                is_green = run(item)
            seconds = round(time.monotonic() - began, 2)
            line = {"test": item.nodeid, "green": is_green, "seconds": seconds, "seen": sorted(marks)}
            lines.write(json.dumps(line) + "\n")
            lines.flush()
            print(f"{seconds:>7} s {'' if is_green else is_green} {item.nodeid} {len(marks)}", flush=True)


def tests_at(guard: Guard) -> list[str]:
    """The quickest first."""
    lines = [line for line in _lines() if line["green"] and _mark(guard) in line["seen"]]
    return [line["test"] for line in sorted(lines, key=lambda line: line["seconds"])]


def watched() -> set[str]:
    return {line["test"] for line in _lines()}


def _mark(guard: Guard) -> str:
    how, *place = guard.place
    if how in ("constraint", "index"):
        return f"constraint {place[1]}"
    if how == "trigger":
        return f"trigger {guard.name.partition('.')[2]}"
    if how == "right":
        return f"right {place[0]}"
    if how in ("call", "subject", "reached"):
        return f"call {guard.name.split()[0]} {guard.name.split()[1]}"
    if how == "admin":
        return f"admin {place[0]._meta.label_lower} {place[1]}"
    return f"{how} {place[0] if place else ''}"


def _lines() -> list[dict[str, Any]]:
    return _read(SEEN.stat().st_mtime_ns) if SEEN.exists() else []


@cache
def _read(_changed: int) -> list[dict[str, Any]]:
    return [json.loads(line) for line in SEEN.read_text(encoding="utf-8").splitlines()]


@contextmanager
def _watching(marks: set[str]) -> Iterator[None]:
    with _the_database(marks), _the_permissions(marks), _the_admin(marks), _the_switches(marks):
        yield


@contextmanager
def _the_database(marks: set[str]) -> Iterator[None]:
    """Errors as psycopg raises them, from any connection and thread of this process."""
    execute = psycopg.Cursor.execute
    wait = psycopg.Connection.wait

    def note(error: psycopg.Error) -> None:
        constraint = error.diag.constraint_name
        if constraint:
            marks.add(f"constraint {constraint}")
        for name in re.findall(r"pgtrigger_(\w+)_[0-9a-f]{5}\b", str(error)):
            marks.add(f"trigger {name}")
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            marks.update(f"right {table}" for table in re.findall(r"table (\w+)", str(error)))

    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return execute(self, *args, **kwargs)
        except psycopg.Error as error:
            note(error)
            raise

    def watched_wait(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return wait(self, *args, **kwargs)
        except psycopg.Error as error:
            note(error)
            raise

    with (
        mock.patch.object(psycopg.Cursor, "execute", watched),
        mock.patch.object(psycopg.Connection, "wait", watched_wait),
    ):
        yield


@contextmanager
def _the_permissions(marks: set[str]) -> Iterator[None]:
    require, may, refusal = Actor.require, Actor.may, access._refusal

    def note() -> None:
        """Not the lines, which move: files and functions. Who asks through a helper is seen too."""
        frame: FrameType | None = sys._getframe(2)
        for _step in range(3):
            if frame is None:
                return
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(CHECKOUT):
                function = re.sub(r"\.<locals>|\.<\w+>", "", frame.f_code.co_qualname)
                marks.add(f"call {path.relative_to(CHECKOUT)} {function}")
            frame = frame.f_back

    def watched_require(self: Actor, permission: str, subject: object = None) -> None:
        if not may(self, permission, subject):
            note()
        require(self, permission, subject)

    def watched_may(self: Actor, permission: str, subject: object = None) -> bool:
        if not may(self, permission, subject):
            note()
        return may(self, permission, subject)

    def watched_refusal(request: Any, declared: Any) -> Any:
        name = request.resolver_match.view_name if request.resolver_match else ""
        try:
            answer = refusal(request, declared)
        except NotAllowed:
            marks.add(f"permission {name}")
            raise
        if answer is not None:
            marks.add(f"sign in {name}")
        return answer

    with (
        mock.patch.multiple(Actor, require=watched_require, may=watched_may),
        mock.patch.object(access, "_refusal", watched_refusal),
    ):
        yield


@contextmanager
def _the_admin(marks: set[str]) -> Iterator[None]:
    patches = []
    for model, page in admin.site._registry.items():
        if type(page).__module__.partition(".")[0] in ROOMS:
            for verb in permissions_of_page(page):
                name = f"has_{verb}_permission"
                watched = _noting(getattr(page, name), marks, f"admin {model._meta.label_lower} {verb}")
                patches.append(mock.patch.object(page, name, watched))
    for patch in patches:
        patch.start()
    yield
    for patch in patches:
        patch.stop()


def _noting(asked: Callable[..., bool], marks: set[str], mark: str) -> Callable[..., bool]:
    def watched(*args: Any, **kwargs: Any) -> bool:
        if not asked(*args, **kwargs):
            marks.add(mark)
            return False
        return True

    return watched


@contextmanager
def _the_switches(marks: set[str]) -> Iterator[None]:
    on = guards.on

    def watched(name: str) -> bool:
        marks.add(f"switch {name}")
        return on(name)

    with mock.patch.object(guards, "on", watched):
        yield
