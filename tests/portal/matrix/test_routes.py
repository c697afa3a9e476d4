"""Every cell of the matrix through the pages: each route as its owner, her family, a stranger and all of staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import ROLES, Role
from core.access import Access
from tests.accounts.people import signed_in
from tests.portal.matrix.cells import FROM_THE_URLCONF, LONG, Several, cells, expected, people_of_staff, undone
from tests.portal.matrix.declared import EVERYBODY, LI, MOTHER, ROUTES, ZHAO, Asked, Route
from tests.portal.matrix.scopes import EVERYWHERE
from tests.portal.matrix.world import World

Somebody = tuple[Several, User, Client]
# Of no row: everybody's who holds the permission.
WITHOUT_ADDRESS = Route(lambda world: {}, opens=EVERYBODY)


def asked_for(browser: Client, name: str, args: Mapping[str, Any], sent: Mapping[str, str] | None) -> Any:
    """Read; or sent, also empty where there is nothing to read."""
    address = reverse(name, kwargs=dict(args))
    answer = browser.get(address) if sent is None else None
    if answer is None or answer.status_code == 405:
        return browser.post(address, {"form_key": uuid4().hex, **(sent or {})})
    return answer


def answer_of(browser: Client, name: str, args: Mapping[str, Any], route: Route) -> str:
    answer = asked_for(browser, name, args, route.sent)
    status, kind = answer.status_code, answer.headers.get("Content-Type", "")
    if status == 200 and not kind.startswith(route.shows):
        return f"shows {kind}"
    return {403: "refused", 404: "not found"}.get(status, "opens" if status < 500 else f"breaks with {status}")


@pytest.mark.timeout(LONG)
def test_every_route_as_every_role_and_as_its_owner_her_family_and_a_stranger(world: World) -> None:
    wrong: list[str] = []
    residents = {LI: signed_in(world.li), MOTHER: signed_in(world.mother), ZHAO: signed_in(world.zhao)}
    everybody = people_of_staff(world)
    for name, _address, access in FROM_THE_URLCONF:
        with undone():
            wrong += cells_of_route(world, name, access, residents, everybody)
    assert not wrong, "\n".join(wrong)


def cells_of_route(
    world: World, name: str, access: Access, residents: Mapping[str, Client], everybody: list[Somebody]
) -> list[str]:
    wrong: list[str] = []
    route = ROUTES.get(name, WITHOUT_ADDRESS)
    route.ready(world)
    args = route.args(world)
    if access.permission in ROLES[Role.RESIDENT]:
        for who, browser in residents.items():
            should = "opens" if who in route.opens else "not found"
            with undone():
                does = answer_of(browser, name, args, route)
                wrong += cells((), f"{name}, {route.owner(who)}, as {who}", should, does)
    else:
        for browser in residents.values():
            with undone():
                wrong += cells((), f"{name} as a resident", "kept out", kept_out(browser, name, args, route))
    for held, _user, browser in everybody:
        if not route.staff and any(one.scope is not EVERYWHERE for one in held):
            continue
        with undone():
            should = for_staff(held, access.permission, route.staff)
            wrong += cells(held, name, should, answer_of(browser, name, args, route))
    return wrong


def for_staff(held: Several, permission: str, staff: tuple[Asked, ...]) -> str:
    if not any(permission in ROLES[one.role] | {"accounts.second_factor"} for one in held):
        return "refused"
    return "opens" if not staff or expected(held, staff) else "not found"


def kept_out(browser: Client, name: str, args: Mapping[str, Any], route: Route) -> str:
    """Refused, or sent to the sign-in of staff; of her own name she may read, that she may not here."""
    answer = asked_for(browser, name, args, route.sent)
    is_out = answer.status_code in (403, 404) or (answer.status_code == 302 and "login" in answer.url)
    return "kept out" if is_out else f"answers {answer.status_code}"
