"""What one cell of the matrix is: what it should be, what it is, and how it is tried without leaving a trace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.test import Client

from accounts.models import User
from core.access import access_of
from tests.accounts.people import signed_in
from tests.guards.catalogue import ROOMS, routes
from tests.portal.matrix.declared import Asked
from tests.portal.matrix.scopes import ALL_HELD, MIXED, Held
from tests.portal.matrix.world import BELONGS, World

# Seconds: thousands of cells in one test, on a machine that may have other work.
LONG = 1200

# What one person holds: each within its own scope.
Several = tuple[Held, ...]

EVERYBODY: list[Several] = [*((one,) for one in ALL_HELD), *MIXED]


class Undone(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened."""
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        pass


def expected(held: Several, asks: Iterable[Asked]) -> bool:
    """One role has to hold all of one alternative, and reach the thing."""
    return any(one.may(permissions, BELONGS[thing]) for permissions, thing in asks for one in held)


def cells(held: Several, name: str, should: object, does: object) -> list[str]:
    """What is to be read when a cell is wrong."""
    return [] if should == does else [f"{name} as {' + '.join(map(str, held))}: should be {should}, is {does}"]


def people_of_staff(world: World) -> list[tuple[Several, User, Client]]:
    """Everybody whom two officers can make: each role within each scope in which it can be narrowed."""
    found = []
    for number, held in enumerate(several for several in EVERYBODY if all(one.can_be_given for one in several)):
        user = world.person_of_staff(f"staff-{number}", *held)
        found.append((held, user, signed_in(user)))
    return found


def pages() -> list[tuple[type[models.Model], Any]]:
    registered = admin.site._registry.items()
    return [(model, page) for model, page in registered if type(page).__module__.partition(".")[0] in ROOMS]


# (name, address, what it declares) of every route that is not for everybody; the admin's own pages ask for themselves.
FROM_THE_URLCONF = [
    (name, address, access)
    for name, address, callback in routes()
    if (access := access_of(callback)) is not None and access.kind == "permission"
]
