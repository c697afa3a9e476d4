"""Every cell of the matrix through the admin: which rows its lists and pages show, what its buttons do, as everybody
whom two officers can make.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from accounts.roles import ROLES
from tests.accounts.people import signed_in
from tests.guards.catalogue import permissions_of_page
from tests.portal.matrix.cells import LONG, Several, cells, expected, pages, people_of_staff, undone
from tests.portal.matrix.claims_desk import hers
from tests.portal.matrix.declared import (
    ACTIONS,
    BESIDES,
    CHANGES,
    LIST_BUTTONS,
    OPENED_BY,
    PAGES,
    Action,
    Asked,
    Button,
)
from tests.portal.matrix.scopes import EVERYWHERE, HERE, Held, within
from tests.portal.matrix.world import BELONGS, World


def asks_of_page(label: str) -> tuple[Asked, ...]:
    return ((frozenset({permission_of(label)}) | BESIDES.get(label, frozenset()), PAGES[label]),)


def permission_of(label: str) -> str:
    app, name = label.split(".")
    return OPENED_BY.get(label, f"{app}.view_{name}")


def opens_at_all(held: Several, label: str) -> bool:
    """A page is opened by who holds its permission anywhere; which rows it shows is another matter."""
    return holds(held, frozenset({permission_of(label)}))


def holds(held: Several, permissions: frozenset[str]) -> bool:
    return any(permissions <= ROLES[one.role] for one in held)


@pytest.mark.timeout(LONG)
def test_every_page_of_the_admin_as_everybody(world: World) -> None:
    """Whether the list opens, whether the row is in it, whether the row's page opens."""
    wrong: list[str] = []
    for held, _user, browser in people_of_staff(world):
        for model, _page in pages():
            label, row = model._meta.label_lower, world.rows[PAGES[model._meta.label_lower]]
            listing = browser.get(address_of(model, "changelist"), {"queue": "all"} if label == "claims.claim" else {})
            wrong += cells(held, f"list of {label}", opens_at_all(held, label), listing.status_code == 200)
            if not is_tried(held, frozenset({permission_of(label)})):
                continue
            should = expected(held, asks_of_page(label))
            if listing.status_code == 200 and "cl" in listing.context:  # the trial balance is no list of rows
                shows = listing.context["cl"].queryset.filter(pk=row.pk).exists()  # on whichever of its pages
                wrong += cells(held, f"row of {label}", should, shows)
            shown = browser.get(address_of(model, "change", row.pk))
            wrong += cells(held, f"page of {label}", should, shown.status_code == 200)
            wrong += cells(held, f"history of {label}", should, seen_in_history(browser, model, row, should))
    assert not wrong, "\n".join(wrong)


def is_tried(held: Several, *permissions: frozenset[str]) -> bool:
    """A role that has none of these permissions is tried once, held everywhere: within a scope it has no more."""
    return all(one.scope is EVERYWHERE for one in held) or any(holds(held, each) for each in permissions)


def seen_in_history(browser: Client, model: type[models.Model], row: models.Model, should: bool) -> bool:
    """Asked for where it should be refused; where it should open, its page has shown that the row is reached."""
    return should or browser.get(address_of(model, "history", row.pk)).status_code == 200


@pytest.mark.timeout(LONG)
def test_every_button_of_the_admin_as_everybody(world: World) -> None:
    """Whether anything happens. Pressed as a program would: what the page shows does not count."""
    wrong: list[str] = []
    everybody = people_of_staff(world)
    for name, action in ACTIONS.items():
        if action.button is None:
            continue
        with undone():
            action.ready(world)
            before = world.fingerprint()
            for held, user, browser in everybody:
                if not is_tried(held, *(permissions for permissions, _thing in action.asks)):
                    continue
                with undone():
                    press(world, action.button, user, browser)
                    does = world.fingerprint() != before
                    wrong += cells(held, f"button of {name}", expected(held, with_view(action)), does)
    assert not wrong, "\n".join(wrong)


def with_view(action: Action) -> list[Asked]:
    """A button is on a page: whoever presses it sees the row there."""
    assert action.button is not None
    app, name, _page = action.button.page.rsplit("_", 2) if action.button.page.count("_") == 2 else ("", "", "")
    label = f"{app}.{name}"
    more = (BESIDES.get(label, frozenset()) | {f"{app}.view_{name}"}) if label in PAGES else frozenset()
    more -= {"work.settle_task"}  # what is reserved to somebody she settles by her own permission
    return [(permissions | more, thing) for permissions, thing in action.asks]


def press(world: World, button: Button, user: User, browser: Client) -> None:
    if button.page == "claims_claim_do":
        hers(button.more[0], world.claim, user.actor())
    row = [world.rows[button.row].pk] if button.row else []
    browser.post(reverse(f"admin:{button.page}", args=[*row, *button.more]), dict(button.sent(world)))


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
                wrong += cells(held, f"{verb} of {label}", pressed_by(held, label, verb), does)
    assert not wrong, "\n".join(wrong)


def pressed_by(held: Several, label: str, verb: str) -> bool:
    if (label, verb) in LIST_BUTTONS:
        return holds(held, frozenset({LIST_BUTTONS[label, verb]}))
    permissions, thing = CHANGES.get((label, verb), (frozenset({"nobody's"}), ""))
    return expected(held, [(permissions, thing)]) if BELONGS.get(thing) == {} else holds(held, permissions)


def test_a_filter_offers_what_is_reached(world: World) -> None:
    """Whoever operates one city is not told what the other sells."""
    here = signed_in(world.person_of_staff("here", Held("operator", within("right scheme", scheme=HERE["scheme"]))))
    all_of_them = signed_in(world.person_of_staff("everywhere", Held("operator", EVERYWHERE)))
    for browser, years in ((here, {"smx-2026", "smx-2027"}), (all_of_them, {"smx-2026", "smx-2027", "zz-2027"})):
        listing = browser.get(address_of(type(world.rows["order"]), "changelist"))
        [offered] = [spec for spec in listing.context["cl"].filter_specs if spec.field_path == "plan_year"]
        assert {label for _key, label in offered.lookup_choices} == years


def address_of(model: type[models.Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
