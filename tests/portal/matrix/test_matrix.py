"""Every cell of the matrix: who may do what, within what, to whose; through the action, the page and the admin.

Rows and columns are not listed here: routes come from the URLconf, roles from the role table, actions from the source,
pages from the admin; what each cell should be follows from the role table, the scopes (scopes.py) and where each thing
belongs (world.py). The declarations in declared.py say how each is tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import models, transaction
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from accounts.models import User
from accounts.roles import ROLES, STAFF_ROLES, Role, permissions_of
from core.access import access_of
from core.actors import Actor, Grant
from core.errors import DomainError, NotAllowed, NotFound
from sandbox.testing import Sandbox
from tests.accounts.people import signed_in
from tests.guards.catalogue import ROOMS, of_the_actions, permissions_of_page, routes
from tests.outside import connect
from tests.portal.matrix.declared import (
    ACTIONS,
    BESIDES,
    CHANGES,
    LI,
    LIST_BUTTONS,
    MOTHER,
    OPENED_BY,
    PAGES,
    ROUTES,
    ZHAO,
    Action,
    Asked,
)
from tests.portal.matrix.scopes import ALL_HELD, EVERYWHERE, HERE, MIXED, SCOPES, Held
from tests.portal.matrix.world import BELONGS, World
from work.human_tasks import settle_human_task

Several = tuple[Held, ...]


@pytest.fixture
def world(db: None, sandbox: Sandbox, settings: Any, tmp_path: Any) -> World:
    connect(settings, sandbox)
    settings.MEDIA_ROOT, settings.QUARANTINE_DIR = tmp_path / "files", tmp_path / "quarantine"
    sandbox.clock(settings.PORTAL_CLOCK)
    return World()


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


# Through the action -----------------------------------------------------------------------------------------------


def actor_with(user: User, held: Several) -> Actor:
    """Somebody who holds just this, also what no row of the product could say."""
    grants = tuple(
        Grant(permissions_of([one.role]), {name: frozenset({code}) for name, code in one.scope.within.items()})
        for one in held
    )
    return Actor(user.pk, "staff:somebody", grants)


def is_done(call: Callable[[], Any]) -> bool:
    """Whether the permission was there. What the action then says of the state of things is not asked here."""
    try:
        with transaction.atomic():
            call()
    except (NotAllowed, NotFound):
        return False
    except DomainError:
        return True
    return True


def test_every_action_as_every_role_within_every_scope(world: World) -> None:
    wrong: list[str] = []
    somebody = world.person_of_staff("somebody", "employer_clerk", {})
    everybody: list[Several] = [*((one,) for one in ALL_HELD), *MIXED]
    for name, action in ACTIONS.items():
        with undone():
            action.ready(world)
            for held in everybody:
                who = world.officer if held[0].role == Role.SECURITY else somebody
                with undone():
                    does = is_done(lambda held=held, action=action, who=who: action.call(world, actor_with(who, held)))
                    wrong += cells(held, name, expected(held, action.asks), does)
    assert not wrong, "\n".join(wrong)
    assert len(ACTIONS) * len(everybody) > 3000


@pytest.mark.parametrize("whose", ["own", "family", "stranger"])
def test_nobody_decides_about_herself_or_her_family(world: World, whose: str) -> None:
    """Staff who is the insured, or the insured's mother; and a stranger, who may."""
    wrong: list[str] = []
    numbers = {
        "own": world.family.people["李秀兰"].id_number,
        "family": world.family.people["王桂英"].id_number,
        "stranger": "411202199506082464",
    }
    somebody = world.person_of_staff("somebody", "employer_clerk", {})
    somebody.record_identity(numbers[whose])
    somebody.save()
    for name, action in ACTIONS.items():
        if not action.concerns:
            continue
        with undone():
            action.ready(world)
            for held in ((Held(role, EVERYWHERE),) for role in sorted(STAFF_ROLES)):
                with undone():
                    should = whose == "stranger" and expected(held, action.asks)
                    does = is_done(lambda held=held, action=action: action.call(world, actor_with(somebody, held)))
                    wrong += cells(held, f"{name}, {whose}", should, does)
    assert not wrong, "\n".join(wrong)


def test_a_resident_does_nothing_of_it_not_even_with_her_own(world: World) -> None:
    li = world.li.actor()
    done = [name for name, action in ACTIONS.items() if is_done(lambda action=action: action.call(world, li))]
    # Her own name, as she may read it herself, and her own stays.
    assert done == ["reveal_identity", "look_up_stays"]


# Through the admin ------------------------------------------------------------------------------------------------


def people_of_staff(world: World) -> list[tuple[Held, User, Client]]:
    """Everybody whom two officers can make: each role within each scope in which it can be narrowed."""
    found = []
    for number, held in enumerate(held for held in ALL_HELD if held.can_be_given):
        user = world.person_of_staff(f"staff-{number}", held.role, held.scope.within)
        found.append((held, user, signed_in(user)))
    return found


def asks_of_page(label: str) -> tuple[Asked, ...]:
    return ((frozenset({permission_of(label)}) | BESIDES.get(label, frozenset()), PAGES[label]),)


def permission_of(label: str) -> str:
    app, name = label.split(".")
    return OPENED_BY.get(label, f"{app}.view_{name}")


def opens_at_all(held: Held, label: str) -> bool:
    """A page is opened by who holds its permission anywhere; which rows it shows is another matter."""
    return permission_of(label) in ROLES[held.role]


def test_every_page_of_the_admin_as_everybody(world: World) -> None:
    """Whether the list opens, whether the row is in it, whether the row's page opens."""
    wrong: list[str] = []
    for held, _user, browser in people_of_staff(world):
        for model, _page in pages():
            label, row = model._meta.label_lower, world.rows[PAGES[model._meta.label_lower]]
            listing = browser.get(address_of(model, "changelist"), {"queue": "all"} if label == "claims.claim" else {})
            wrong += cells((held,), f"list of {label}", opens_at_all(held, label), listing.status_code == 200)
            should = expected((held,), asks_of_page(label))
            if listing.status_code == 200 and "cl" in listing.context:  # the trial balance is no list of rows
                shows = listing.context["cl"].queryset.filter(pk=row.pk).exists()  # on whichever of its pages
                wrong += cells((held,), f"row of {label}", should, shows)
            shown = browser.get(address_of(model, "change", row.pk))
            wrong += cells((held,), f"page of {label}", should, shown.status_code == 200)
            wrong += cells((held,), f"history of {label}", should, seen_in_history(browser, model, row, should))
    assert not wrong, "\n".join(wrong)


def seen_in_history(browser: Client, model: type[models.Model], row: models.Model, should: bool) -> bool:
    """Asked for where it should be refused; where it should open, its page has shown that the row is reached."""
    return should or browser.get(address_of(model, "history", row.pk)).status_code == 200


def test_every_button_of_the_admin_as_everybody(world: World) -> None:
    """Whether anything happens. Pressed as a program would: what the page shows does not count."""
    wrong: list[str] = []
    everybody = people_of_staff(world)
    for name, action in ACTIONS.items():
        if action.button is None:
            continue
        with undone():
            action.ready(world)
            for held, user, browser in everybody:
                with undone():
                    does = press(world, action, user, browser)
                    wrong += cells((held,), f"button of {name}", expected((held,), with_view(action)), does)
    assert not wrong, "\n".join(wrong)


def with_view(action: Action) -> list[Asked]:
    """A button is on a page: whoever presses it sees the row there."""
    assert action.button is not None
    app, name, _page = action.button.page.rsplit("_", 2) if action.button.page.count("_") == 2 else ("", "", "")
    label = f"{app}.{name}"
    more = (BESIDES.get(label, frozenset()) | {f"{app}.view_{name}"}) if label in PAGES else frozenset()
    more -= {"work.settle_task"}  # what is reserved to somebody she settles by her own permission
    return [(permissions | more, thing) for permissions, thing in action.asks]


def press(world: World, action: Action, user: User, browser: Client) -> bool:
    from tests.portal.matrix.claims_desk import hers

    button = action.button
    assert button is not None
    sent = dict(button.sent(world))
    if button.page == "claims_claim_do":
        hers(button.more[0], world.claim, user.actor())
        sent = dict(button.sent(world))
    row = [world.rows[button.row].pk] if button.row else []
    before = world.fingerprint()
    browser.post(reverse(f"admin:{button.page}", args=[*row, *button.more]), sent)
    return world.fingerprint() != before


def test_what_can_be_added_changed_deleted_and_pressed_in_the_admin(world: World) -> None:
    """Asked of the page itself, as everybody; what is not declared, nobody may."""
    wrong: list[str] = []
    for held, user, _browser in people_of_staff(world):
        request = RequestFactory().get("/")
        request.user, request.actor = user, user.actor()
        for model, page in pages():
            label = model._meta.label_lower
            for verb in set(permissions_of_page(page)) - {"view"}:
                does = getattr(page, f"has_{verb}_permission")(request)
                wrong += cells((held,), f"{verb} of {label}", pressed_by(held, label, verb), does)
    assert not wrong, "\n".join(wrong)


def pressed_by(held: Held, label: str, verb: str) -> bool:
    if (label, verb) in LIST_BUTTONS:
        return LIST_BUTTONS[label, verb] in ROLES[held.role]
    permissions, _thing = CHANGES.get((label, verb), (frozenset({"nobody's"}), ""))
    return permissions <= ROLES[held.role]


def test_a_filter_offers_what_is_reached(world: World) -> None:
    """Whoever operates one city is not told what the other sells."""
    here = signed_in(world.person_of_staff("here", "operator", {"scheme": HERE["scheme"]}))
    all_of_them = signed_in(world.person_of_staff("everywhere", "operator", {}))
    for browser, years in ((here, {"smx-2026", "smx-2027"}), (all_of_them, {"smx-2026", "smx-2027", "zz-2027"})):
        listing = browser.get(address_of(type(world.rows["order"]), "changelist"))
        [offered] = [spec for spec in listing.context["cl"].filter_specs if spec.field_path == "plan_year"]
        assert {label for _key, label in offered.lookup_choices} == years


def pages() -> list[tuple[type[models.Model], Any]]:
    registered = admin.site._registry.items()
    return [(model, page) for model, page in registered if type(page).__module__.partition(".")[0] in ROOMS]


def address_of(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


# Through the pages ------------------------------------------------------------------------------------------------

FROM_THE_URLCONF = [
    (name, address, access)
    for name, address, callback in routes()
    if (access := access_of(callback)) is not None and access.kind == "permission"
]


def asked_for(browser: Client, name: str, args: Mapping[str, Any]) -> Any:
    """Read; sent empty where there is nothing to read."""
    address = reverse(name, kwargs=dict(args))
    answer = browser.get(address)
    return browser.post(address) if answer.status_code == 405 else answer


def answer_of(browser: Client, name: str, args: Mapping[str, Any]) -> str:
    status = asked_for(browser, name, args).status_code
    return {403: "refused", 404: "not found"}.get(status, "opens" if status < 500 else f"breaks with {status}")


def test_every_route_as_every_role_and_as_its_owner_her_family_and_a_stranger(world: World) -> None:
    wrong: list[str] = []
    residents = {LI: signed_in(world.li), MOTHER: signed_in(world.mother), ZHAO: signed_in(world.zhao)}
    everybody = people_of_staff(world)
    for name, _address, access in FROM_THE_URLCONF:
        route = ROUTES.get(name)
        args = route.args(world) if route else {}
        if access.permission in ROLES[Role.RESIDENT]:
            for who, browser in residents.items():
                should = "opens" if route is None or who in route.opens else "not found"
                owner = route.owner(who) if route else "own"
                with undone():
                    wrong += cells((), f"{name}, {owner}, as {who}", should, answer_of(browser, name, args))
        else:
            for browser in residents.values():
                with undone():
                    wrong += cells((), f"{name} as a resident", "kept out", kept_out(browser, name, args))
        for held, _user, browser in everybody:
            if held.scope is not EVERYWHERE and not (route and route.staff):
                continue
            with undone():
                should = for_staff(held, access.permission, route.staff if route else ())
                wrong += cells((held,), name, should, answer_of(browser, name, args))
    assert not wrong, "\n".join(wrong)


def for_staff(held: Held, permission: str, staff: tuple[Asked, ...]) -> str:
    if permission not in ROLES[held.role] | {"accounts.second_factor"}:
        return "refused"
    return "opens" if not staff or expected((held,), staff) else "not found"


def kept_out(browser: Client, name: str, args: Mapping[str, Any]) -> str:
    """Refused, or sent to the sign-in of staff; of her own name she may read, that she may not here."""
    answer = asked_for(browser, name, args)
    is_out = answer.status_code in (403, 404) or (answer.status_code == 302 and "login" in answer.url)
    return "kept out" if is_out else f"answers {answer.status_code}"


# Nothing is left out ----------------------------------------------------------------------------------------------

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
    declared = {name.partition(" of ")[0] for name in ACTIONS}
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
