"""The way in a real browser: on a phone without scripts, and every page past axe-core in every mode."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from enrollment.models import Order, Policy
from people.models import Kinship
from people.relations import Relation
from portal.middleware import COOKIE
from tests.enrollment.helpers import Town
from tests.people.helpers import LI, MOTHER, ZHAO, account


def sign_in(page: Page, address: str) -> None:
    client = Client()
    client.force_login(account(LI[2]), backend="accounts.backends.RoleBackend")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


def tick(page: Page, name: str, value: str = "") -> None:
    """A finger on the row: the whole of it answers."""
    chosen = f'[name="{name}"][value="{value}"]' if value else f'[name="{name}"]'
    page.locator(".option").filter(has=page.locator(chosen)).locator("label").click()


def go_on(page: Page) -> None:
    page.locator("form.form button.button:not(.button-outline)").click()


def test_on_a_phone_without_scripts_li_enrols_herself_and_her_mother(town: Town, live_server, new_page) -> None:
    page = new_page(width=390, height=844, is_mobile=True, has_touch=True, java_script_enabled=False)
    sign_in(page, live_server.url)
    town.settings.PUBLIC_URL = live_server.url
    page.goto("/")
    page.locator("a.button").first.click()
    tick(page, "consent")
    go_on(page)
    page.locator("main a.button").first.click()
    page.fill("[name=phone]", LI[2])
    page.fill("[name=password]", "001001")
    page.locator("form.card button").click()
    page.wait_for_url("**/enrol/")
    page.locator("a", has=page.locator("xpath=self::*[contains(@href, '/enrol/family/add/')]")).click()
    tick(page, "relation", "parent")
    page.fill("[name=name]", MOTHER[0])
    page.fill("[name=id_number]", MOTHER[1])
    go_on(page)
    tick(page, "consent")
    go_on(page)
    for row in page.locator(".option label").all():
        row.click()
    go_on(page)
    tick(page, "acknowledged")
    go_on(page)
    for name in ("terms", "sensitive", "sharing"):
        tick(page, name)
    go_on(page)
    page.locator("main form button.button").click()
    tick(page, "channel", "PERSONAL_ACCOUNT")
    go_on(page)
    town.work()

    order = Order.objects.get()
    page.goto(reverse("enrollment:done", args=[order.number]))
    links = [link.get_attribute("href") for link in page.locator("a[href$='.pdf']").all()]
    assert len(links) == 2
    for link in links:
        assert page.request.get(str(link)).body().startswith(b"%PDF")
    assert town.executed() == [("deducted", 20_000)]


@pytest.mark.parametrize("mode", ["auto.normal.", "light.large.", "dark.normal."])
def test_every_page_of_the_room_is_accessible(
    town: Town, live_server, phone_page: Page, assert_accessible: Callable[[Page], None], mode: str
) -> None:
    li = town.resident(LI)
    mother = town.add(li, MOTHER, Relation.PARENT).relative
    [policy] = town.enrol(li, li.person)
    order = town.choose(li, mother)
    town.read_and_agree(li, order)
    sign_in(phone_page, live_server.url)
    phone_page.context.add_cookies([{"name": COOKIE, "value": mode, "url": live_server.url}])
    number = Policy.objects.get().number
    pages = [reverse("portal:home"), reverse("products:plan", args=["smx-2027"])]
    pages += [reverse("products:document", args=["smx-2027", kind]) for kind in ("notice", "exclusions")]
    pages += [reverse("enrollment:family"), reverse("enrollment:policies")]
    pages += [reverse(f"people:{name}") for name in ("add_relative", "link", "not_me")]
    friend = town.add(li, ZHAO, Relation.SIBLING)
    pages += [reverse("people:kinship", args=[kinship.pk]) for kinship in (friend, *Kinship.objects.all()[:1])]
    asks = town.add(town.resident(ZHAO), LI, Relation.SIBLING)
    pages += [reverse("people:answer_kinship", args=[asks.pk])]
    pages += [
        reverse(f"enrollment:{name}", args=[order.number]) for name in ("exclusions", "terms", "check", "pay", "done")
    ]
    pages += [reverse(f"enrollment:{name}", args=[number]) for name in ("policy", "surrender")]
    pages += [reverse("enrollment:done", args=[policy.order_line.order.number])]
    pages += [reverse("enrollment:verify", args=[token]) for token in (policy.verify_token, "unknown")]
    for page in pages:
        phone_page.goto(page)
        assert_accessible(phone_page)
