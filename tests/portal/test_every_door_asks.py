"""Every page that is not for everybody asks who is there and whether she may, before it looks at anything else."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from django.contrib import admin
from django.shortcuts import resolve_url
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, permissions_of
from core.access import access_of
from tests.accounts.people import resident, signed_in, staff
from tests.guards.catalogue import ROOMS, permissions_of_page, routes

pytestmark = pytest.mark.django_db

# Something that fits, and is nothing: nobody gets far enough to see that it is not there.
NOBODYS = {
    "int": "999",
    "slug": "nobodys",
    "str": "nobodys",
    "path": "999",
    "uuid": "00000000-0000-4000-8000-000000000000",
}

DOORS = [
    (name, re.sub(r"<(?:(\w+):)?\w+>", lambda found: NOBODYS[found[1] or "str"], address), access.permission)
    for name, address, callback in routes()
    if (access := access_of(callback)) is not None and access.kind == "permission"
]


def doors(asks: str) -> list:
    return [
        pytest.param(address, permission, id=f"{name} asks {asks or f'for {permission}'}")
        for name, address, permission in DOORS
        if not (asks and name.startswith("admin:"))  # there the site asks first
    ]


@pytest.mark.parametrize(("address", "permission"), doors("to sign in"))
def test_whoever_has_not_signed_in_is_asked_to_and_comes_back(client: Client, address: str, permission: str) -> None:
    asked = client.get(address)
    assert (asked.status_code, asked.url) == (302, f"{resolve_url('accounts:sign_in')}?next={address}")


@pytest.mark.parametrize(("address", "permission"), doors(""))
def test_whoever_has_signed_in_without_the_permission_is_refused(address: str, permission: str) -> None:
    assert signed_in(somebody_without(permission)).get(address).status_code == 403


def somebody_without(permission: str) -> User:
    """Li, a resident, before what is for staff; Xin, whose first day it is, before what is for residents."""
    is_for_residents = permission in permissions_of([Role.RESIDENT])
    somebody = staff("xin") if is_for_residents or permission not in SECOND_STEP else resident()
    assert permission not in somebody.permissions
    return somebody


SECOND_STEP = {"accounts.second_factor"}

# The admin ----------------------------------------------------------------------------------------------------

PAGES = [(model, page) for model, page in admin.site._registry.items() if type(page).__module__.split(".")[0] in ROOMS]
# What a page does besides showing, adding, changing and deleting.
MORE = [
    pytest.param(page, verb, id=f"{model._meta.label_lower} {verb}")
    for model, page in PAGES
    for verb in permissions_of_page(page)
    if verb not in ("view", "add", "change", "delete")
]
# What is changed in the admin at all, and by whom; everything else is an action's affair.
CHANGED_HERE = {
    ("accounts.user", "add"): Role.SECURITY,
    ("accounts.roleassignment", "add"): Role.SECURITY,
    ("accounts.roleassignment", "change"): Role.SECURITY,
    ("accounts.datarequest", "change"): Role.OPERATOR,
    ("work.humantask", "change"): Role.OPERATOR,
    # Somebody from elsewhere is added to the scheme's people by what she shows.
    ("people.person", "add"): Role.OPERATOR,
    ("people.person", "change"): Role.OPERATOR,
    ("people.kinship", "change"): Role.OPERATOR,
    ("parties.institution", "add"): Role.OPERATOR,
    ("parties.institution", "change"): Role.OPERATOR,
    ("parties.scheme", "change"): Role.OPERATOR,
    ("products.filedlist", "add"): Role.OPERATOR,
    ("products.filedlist", "change"): Role.OPERATOR,
    ("products.listversion", "change"): Role.OPERATOR,
}


def doors_of_the_admin() -> list:
    return [
        pytest.param(model._meta.label_lower, verb, id=f"{model._meta.label_lower} {verb}")
        for model, page in PAGES
        for verb in permissions_of_page(page)
        if verb in ("view", "add", "change", "delete")
    ]


def door_of(label: str, verb: str) -> str:
    address = f"/admin/{label.replace('.', '/')}/"
    return address + {"view": "", "add": "add/", "change": "999/change/", "delete": "999/delete/"}[verb]


# The desk of claims puts its own page in the place of Django's: to who may not look, there is no such claim.
OWN_PAGE = ("claims.claim", "change")


@pytest.mark.parametrize(("label", "verb"), doors_of_the_admin())
def test_on_her_first_day_without_a_role_every_page_of_the_desk_is_shut(label: str, verb: str) -> None:
    answer = signed_in(staff("xin")).get(door_of(label, verb))
    assert answer.status_code == (404 if (label, verb) == OWN_PAGE else 403)


@pytest.mark.parametrize(("label", "verb"), [one for one in doors_of_the_admin() if one.values[1] != "view"])
def test_with_every_role_at_once_only_what_is_listed_can_be_changed(
    label: str, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A post, as from a program: the page's buttons do not count."""
    everything = holding(monkeypatch, STAFF_ROLES)
    answer = signed_in(everything).post(door_of(label, verb), {"post": "yes"})
    assert (answer.status_code not in (403, 404)) == ((label, verb) in CHANGED_HERE)
    request = RequestFactory().get("/")
    request.user, request.actor = everything, everything.actor()
    page = next(page for model, page in PAGES if model._meta.label_lower == label)
    assert getattr(page, f"has_{verb}_permission")(request) == ((label, verb) in CHANGED_HERE)


def holding(monkeypatch: pytest.MonkeyPatch, roles: Iterable[str]) -> User:
    """Somebody who could not be: many of these roles exclude each other."""
    monkeypatch.setattr(User, "held_roles", tuple((role, {}) for role in sorted(roles)))
    return staff("all")


@pytest.mark.parametrize(("page", "verb"), MORE)
def test_what_else_a_page_does_is_for_one_role(page, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whose = {"ask": Role.FINANCE}.get(verb, Role.SECURITY)

    def may(who: User) -> bool:
        request = RequestFactory().get("/")
        request.user, request.actor = who, who.actor()
        return getattr(page, f"has_{verb}_permission")(request)

    assert may(staff("anquan", whose))
    assert not may(holding(monkeypatch, STAFF_ROLES - {whose}))


def test_the_site_asks_to_sign_in_whatever_is_wanted_of_it(client: Client) -> None:
    for address in ("/admin/", "/admin/search/", "/admin/password_change/", "/admin/jsi18n/"):
        asked = client.get(address)
        assert (asked.status_code, asked.url) == (302, f"/admin/login/?next={address}")
