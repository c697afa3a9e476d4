"""Every guard of our own tables, routes and actions, read from where it stands: pg_catalog, the URLconf, the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver

from core.access import access_of
from launch.places import CHECKOUT
from work.triggers import fixed_columns

ROOMS = tuple(config.label for config in apps.get_app_configs() if Path(config.path).parent == CHECKOUT)
# The rights whose absence keeps a table as it was written.
CHANGES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


@dataclass(frozen=True)
class Guard:
    """kind: its section in the list; name: says to a reader where it stands; room: whose tests are asked.

    place: where the switch finds it, see switches.py.
    """

    kind: str
    name: str
    room: str
    place: tuple[Any, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


# A cursor's execute-and-fetchall, whoever is connected.
Ask = Callable[[str], list[tuple[Any, ...]]]


def all_guards(ask: Ask) -> list[Guard]:
    found = [*of_the_database(ask), *of_the_routes(), *of_the_admin(), *of_the_actions(), *with_a_switch()]
    return sorted(set(found), key=lambda guard: (guard.kind, guard.name))


# The database ------------------------------------------------------------------------------------------------


def of_the_database(ask: Ask) -> Iterator[Guard]:
    """Checks, unique and exclusion constraints, unique indexes, triggers, and rights that were not given."""
    packages = {model._meta.db_table for model in apps.get_models(True) if model._meta.app_label not in ROOMS}
    ours = {name for (name,) in ask(_TABLES)} - packages - {"django_migrations"}
    for table, name, kind, definition in ask(_CONSTRAINTS):
        if table in ours:
            section = {"c": "check", "u": "unique", "x": "exclusion"}[kind]
            yield Guard(section, f"{table}.{name}", _room(table), ("constraint", table, name, definition))
    for table, name, definition in ask(_INDEXES):
        if table in ours:
            yield Guard("unique", f"{table}.{name}", _room(table), ("index", table, name, definition))
    for table, name, definition in ask(_TRIGGERS):
        if table in ours:
            short = re.sub(r"^pgtrigger_(.+)_[0-9a-f]{5}$", r"\1", name)
            yield Guard(
                "history" if short == "history" else "trigger",
                f"{table}.{short}",
                _room(table),
                ("trigger", table, name, definition),
            )
    role = settings.DATABASE_APP_ROLE
    for table in sorted(ours):
        [missing] = ask(_RIGHTS.format(role=role, table=table))
        lacks = {right for right, held in zip(CHANGES, missing, strict=True) if not held}
        for right in sorted(lacks if "UPDATE" in lacks else lacks - {"TRUNCATE"}):
            yield Guard("right", f"{table} no {right}", _room(table), ("right", table, right, role))
    for model in fixed_columns():
        table = model._meta.db_table
        yield Guard("right", f"{table} no UPDATE of what is fixed", _room(table), ("right", table, "UPDATE", role))


def _room(table: str) -> str:
    return next((room for room in ROOMS if table.startswith(f"{room}_")), "portal")


_TABLES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
_CONSTRAINTS = (
    "SELECT relname, conname, contype::text, pg_get_constraintdef(c.oid) FROM pg_constraint c"
    " JOIN pg_class t ON t.oid = conrelid WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'x')"
)
_INDEXES = (
    "SELECT t.relname, i.relname, pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class i ON i.oid = indexrelid"
    " JOIN pg_class t ON t.oid = indrelid WHERE indisunique AND i.relnamespace = 'public'::regnamespace"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))"
)
_TRIGGERS = (
    "SELECT relname, tgname, pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN pg_class t ON t.oid = tgrelid"
    " WHERE NOT tgisinternal AND relnamespace = 'public'::regnamespace"
)
# A table of which some columns may be updated has the right; which columns it lacks is a guard of its own.
_RIGHTS = "SELECT " + ", ".join(
    f"has_{'any_column' if right == 'UPDATE' else 'table'}_privilege('{{role}}', '{{table}}', '{right}')"
    for right in CHANGES
)


# Routes and the admin ----------------------------------------------------------------------------------------


def routes(patterns: list[Any] | None = None, prefix: str = "/", space: str = "") -> Iterator[tuple[str, str, Any]]:
    """(name with its namespaces, address, callback) of every route."""
    if patterns is None:
        patterns = get_resolver(settings.ROOT_URLCONF).url_patterns
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern.url_patterns, address, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", address, pattern.callback


def of_the_routes() -> Iterator[Guard]:
    for name, _address, callback in routes():
        access = access_of(callback)
        if access is not None and access.kind == "permission":
            room = name.partition(":")[0]
            room = room if room in ROOMS else _room(name.partition(":")[2])
            if not name.startswith("admin:"):  # there the site asks first
                yield Guard("route", f"{name} asks to sign in", room, ("sign in", name))
            yield Guard("route", f"{name} asks for {access.permission}", room, ("permission", name))


def of_the_admin() -> Iterator[Guard]:
    """What each of our pages of the admin asks before it shows, adds, changes, deletes or carries out."""
    yield Guard("admin", "the site asks to sign in with both factors", "portal", ("site",))
    for model, page in admin.site._registry.items():
        room = type(page).__module__.partition(".")[0]
        if room in ROOMS:
            for verb in permissions_of_page(page):
                yield Guard("admin", f"{model._meta.label_lower} {verb}", room, ("admin", model, verb))


def permissions_of_page(page: Any) -> list[str]:
    asked = {found[1] for name in dir(page) if (found := re.fullmatch(r"has_(\w+)_permission", name))}
    return sorted(asked - {"module", "view_or_change"})


# What the source says ----------------------------------------------------------------------------------------


def of_the_actions() -> Iterator[Guard]:
    """Each place where an actor is asked for a permission, but for the routes' own and the pages' of the admin.

    Where it is asked of a subject there are two guards: that it is held, and that it reaches the subject.
    """
    for path, tree in _sources():
        if path in ("core/access.py", "core/actors.py"):
            continue
        room = path.partition("/")[0]
        for function, call in _calls(tree, {"require", "may", "reached", "require_desk"}):
            if not re.fullmatch(r"has_\w+_permission", function.rpartition(".")[2]):
                arguments = [_said(argument) for argument in call.args]
                where, lines = str(CHECKOUT / path), (call.lineno, call.end_lineno)
                # Two calls may stand on one line: there the permission tells them apart.
                literal = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
                if _name(call) == "reached":
                    yield Guard("asked", f"{path} {function} {arguments[2]} reaches", room, ("reached", where, *lines))
                    continue
                if _name(call) == "require_desk":
                    yield Guard("asked", f"{path} {function} {arguments[2]}", room, ("call", where, *lines, None))
                    continue
                yield Guard("asked", f"{path} {function} {arguments[0]}", room, ("call", where, *lines, literal))
                if len(arguments) == 2:
                    name = f"{path} {function} {arguments[0]} of {arguments[1]}"
                    yield Guard("asked", name, room, ("subject", where, *lines, literal))


def with_a_switch() -> Iterator[Guard]:
    """guards.on("…"), see core/guards.py."""
    for path, tree in _sources():
        for _function, call in _calls(tree, {"on"}):
            # guards.on("…"), or on("…") where that was imported.
            is_ours = ast.unparse(call.func) in ("guards.on", "on")
            if is_ours and isinstance(call.args[0], ast.Constant):
                name = str(call.args[0].value)
                yield Guard("switch", name, path.partition("/")[0], ("switch", name))


@cache
def _sources() -> list[tuple[str, ast.Module]]:
    files = [path for room in ROOMS for path in sorted((CHECKOUT / room).rglob("*.py"))]
    return [(str(path.relative_to(CHECKOUT)), ast.parse(path.read_text(encoding="utf-8"))) for path in files]


def _calls(tree: ast.AST, names: set[str], inside: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Calls of functions or methods with these names and some argument, with the function they stand in."""
    for node in ast.iter_child_nodes(tree):
        is_scope = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        within = f"{inside}.{node.name}".lstrip(".") if is_scope else inside  # type: ignore[attr-defined]
        if isinstance(node, ast.Call) and node.args and _name(node) in names:
            yield within, node
        yield from _calls(node, names, within)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _said(argument: ast.expr) -> str:
    return str(argument.value) if isinstance(argument, ast.Constant) else ast.unparse(argument)
