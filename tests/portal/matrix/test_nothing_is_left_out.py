"""What is new and not declared fails here, by name."""

from __future__ import annotations

import re

from django.conf import settings
from django.urls import get_resolver

from accounts.roles import ROLES, STAFF_ROLES
from core.access import access_of
from tests.guards.catalogue import of_the_actions, permissions_of_page, routes
from tests.portal.matrix.cells import FROM_THE_URLCONF, pages
from tests.portal.matrix.declared import ACTIONS, CHANGES, LIST_BUTTONS, PAGES, ROUTES
from tests.portal.matrix.scopes import SCOPES
from tests.portal.matrix.world import BELONGS
from work.human_tasks import settle_human_task

HELD_BY_STAFF = frozenset().union(*(ROLES[role] for role in STAFF_ROLES))
# Asked for by no role: the one who sets up the machine.
BY_THE_MACHINE = {"open_money_account", "close_money_account", "install_officer"}


def actions_of_staff() -> set[str]:
    """Functions of */actions/ and of the human queue that ask for a permission of staff, read from the source."""
    found = set()
    for guard in of_the_actions():
        path, function, asked = guard.name.partition(" of ")[0].split(" ", 2)
        is_staffs = asked in HELD_BY_STAFF or asked in ("GRANT", "PERMISSION")
        if "/actions/" in path and "/_" not in path and is_staffs:
            found.add(function)
    return (found | {settle_human_task.__name__}) - BY_THE_MACHINE


def test_every_action_of_staff_stands_in_the_matrix() -> None:
    declared = {name.split()[0] for name in ACTIONS}
    assert actions_of_staff() - declared == set()
    assert declared - actions_of_staff() == set()


def test_every_page_of_the_admin_stands_in_the_matrix() -> None:
    registered = {model._meta.label_lower: page for model, page in pages()}
    assert set(registered) == set(PAGES)
    for label, verb in (*CHANGES, *LIST_BUTTONS):
        assert verb in permissions_of_page(registered[label]), (label, verb)


def test_every_route_is_declared_and_those_with_something_in_their_address_stand_in_the_matrix() -> None:
    undeclared = [name for name, _address, callback in routes() if access_of(callback) is None]
    assert undeclared == []
    wanting = {name for name, address, _access in FROM_THE_URLCONF if re.search(r"<", address)}
    assert wanting == set(ROUTES)
    assert len(list(get_resolver(settings.ROOT_URLCONF).url_patterns)) > 3


def test_every_thing_that_is_asked_of_stands_in_the_world() -> None:
    asked = {thing for action in ACTIONS.values() for _permissions, thing in action.asks}
    asked |= set(PAGES.values()) | {thing for route in ROUTES.values() for _permissions, thing in route.staff}
    assert asked <= set(BELONGS)
    assert {scope.name for scope in SCOPES} >= {
        "everywhere",
        "right scheme",
        "other scheme",
        "right area",
        "other area",
    }
