"""Switching off one guard of this test process and its database, and on again. Only tests can: it takes the owner."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import psycopg
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from psycopg import sql

from core import access, actors, guards
from core.access import Access, actor_of
from core.actors import Actor
from tests.guards.catalogue import Guard

# Somebody who still holds the table would make us wait for ever.
LOCK_TIMEOUT = "10s"


@contextmanager
def off(guard: Guard, owner_url: str) -> Iterator[None]:
    how, *place = guard.place
    if how in _STATEMENTS:
        remove, put_back = _STATEMENTS[how](*place)
        _execute(owner_url, remove)
        try:
            yield
        finally:
            _execute(owner_url, put_back)
    elif how == "switch":
        with guards.off(place[0]), mock.patch.dict(os.environ, {"GUARDS_OFF": place[0]}):
            yield
    elif how in ("call", "subject"):
        with _lenient_at(*place, held_anywhere=how == "subject"):
            yield
    elif how == "reached":
        with _all_rows_at(*place):
            yield
    elif how == "site":
        with mock.patch.object(admin.site, "has_permission", return_value=True):
            yield
    elif how == "admin":
        with mock.patch.object(admin.site._registry[place[0]], f"has_{place[1]}_permission", return_value=True):
            yield
    else:
        with mock.patch.object(access, "_refusal", _open_door(how, place[0])):
            yield


def _execute(owner_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        owner.execute(statement)


def _constraint(table: str, name: str, definition: str) -> tuple[sql.Composed, sql.Composed]:
    where, what = sql.Identifier(table), sql.Identifier(name)
    return (
        sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(where, what),
        sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(where, what, sql.SQL(definition)),  # type: ignore[arg-type]
    )


def _index(_table: str, name: str, definition: str) -> tuple[sql.Composed, sql.Composed]:
    return sql.SQL("DROP INDEX {}").format(sql.Identifier(name)), sql.SQL("{}").format(sql.SQL(definition))  # type: ignore[arg-type]


def _trigger(table: str, name: str, definition: str) -> tuple[sql.Composed, sql.Composed]:
    drop = sql.SQL("DROP TRIGGER {} ON {}").format(sql.Identifier(name), sql.Identifier(table))
    return drop, sql.SQL("{}").format(sql.SQL(definition))  # type: ignore[arg-type]


def _right(table: str, right: str, role: str) -> tuple[sql.Composed, sql.Composed]:
    parts = sql.SQL(right), sql.Identifier(table), sql.Identifier(role)  # type: ignore[arg-type]
    return sql.SQL("GRANT {} ON {} TO {}").format(*parts), sql.SQL("REVOKE {} ON {} FROM {}").format(*parts)


_STATEMENTS: dict[str, Callable[..., tuple[sql.Composed, sql.Composed]]] = {
    "constraint": _constraint,
    "index": _index,
    "trigger": _trigger,
    "right": _right,
}


def _open_door(how: str, name: str) -> Callable[[HttpRequest, Access], HttpResponse | None]:
    """The route `name` lets in whoever is signed in ("permission"), or whoever is not ("sign in")."""
    refusal = access._refusal

    def opened(request: HttpRequest, declared: Access) -> HttpResponse | None:
        match = request.resolver_match
        is_signed_in = actor_of(request).user_id is not None
        if match is not None and match.view_name == name and is_signed_in is (how == "permission"):
            return None
        return refusal(request, declared)

    return opened


@contextmanager
def _lenient_at(
    file: str, first_line: int, last_line: int, asked: str | None, *, held_anywhere: bool
) -> Iterator[None]:
    """Whoever is asked for the permission on these lines has it; or (held_anywhere) has it for every subject.

    asked: the permission, None for any.
    """
    require, may = Actor.require, Actor.may

    def lenient_require(self: Actor, permission: str, subject: object = None) -> None:
        is_here = asked in (None, permission) and _is_called_at(file, first_line, last_line)
        if not is_here or held_anywhere:
            require(self, permission, None if is_here else subject)

    def lenient_may(self: Actor, permission: str, subject: object = None) -> bool:
        is_here = asked in (None, permission) and _is_called_at(file, first_line, last_line)
        return (is_here and not held_anywhere) or may(self, permission, None if is_here else subject)

    changes: dict[str, Any] = {"require": lenient_require, "may": lenient_may}
    with mock.patch.multiple(Actor, **changes):
        yield


@contextmanager
def _all_rows_at(file: str, first_line: int, last_line: int) -> Iterator[None]:
    """The rows asked for on these lines are not narrowed to what the actor's permission reaches."""
    reached = actors.reached

    def all_rows(rows: Any, actor: Actor, *permissions: str) -> Any:
        if _is_called_at(file, first_line, last_line):
            return rows
        return reached(rows, actor, *permissions)

    importers = [module for module in list(sys.modules.values()) if getattr(module, "reached", None) is reached]
    with ExitStack() as patched:
        for module in importers:
            patched.enter_context(mock.patch.object(module, "reached", all_rows))
        yield


def _is_called_at(file: str, first_line: int, last_line: int) -> bool:
    """Whether who asks this was called from these lines, directly or through a helper such as require_desk."""
    frame = sys._getframe(2)
    for _step in range(3):
        if frame.f_code.co_filename == file and first_line <= frame.f_lineno <= last_line:
            return True
        if frame.f_back is None:
            return False
        frame = frame.f_back
    return False
