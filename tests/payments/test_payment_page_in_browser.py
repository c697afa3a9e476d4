"""The payer's page in a real browser: with and without scripts, on a phone and at a desk, accessible in every state."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import User
from payments.models import Payment
from portal.middleware import COOKIE
from tests.accounts.people import resident, signed_in
from tests.browser import PHONE, NewPage
from tests.payments.orders import open_order
from tests.payments.till import LI, Till


@pytest.fixture
def li(till: Till) -> User:
    return resident()


def open_as(page: Page, user: User, payment: Payment, address: str) -> None:
    session = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    page.goto(f"/pay/{payment.number}/")


def test_paying_by_wechat_on_a_phone_without_scripts(open_till: Till, li: User, new_page: NewPage) -> None:
    page = new_page(**PHONE, java_script_enabled=False)
    payment = open_till.pay_by_wechat(user=li)
    open_as(page, li, payment, open_till.settings.PUBLIC_URL)
    expect(page.locator("h1")).to_be_visible()
    open_till.work()
    # It reloads by itself until there is a way to WeChat.
    page.locator(f"a[href='/pay/{payment.number}/cashier/']").click()
    page.get_by_role("button").first.click()
    page.wait_for_url(f"**/pay/{payment.number}/")
    open_till.work()
    expect(page.locator("a[href='/enrol/order-1/']")).to_be_visible()
    expect(page.locator(".chip-done")).to_be_visible()


def test_with_scripts_only_a_part_of_the_page_is_renewed(open_till: Till, li: User, phone_page: Page) -> None:
    payment = open_till.pay_from_account(user=li)
    open_as(phone_page, li, payment, open_till.settings.PUBLIC_URL)
    phone_page.evaluate("window.same_page = true")
    open_till.work()
    expect(phone_page.locator(".chip-done")).to_be_visible()
    assert phone_page.evaluate("window.same_page") is True


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text", ["normal", "large"])
def test_every_state_is_accessible(
    open_till: Till, li: User, new_page: NewPage, assert_accessible: Callable[[Page], None], theme: str, text: str
) -> None:
    page = new_page(**PHONE)
    page.context.add_cookies([{"name": COOKIE, "value": f"{theme}.{text}.", "url": open_till.settings.PUBLIC_URL}])
    waiting = open_till.pay_by_wechat(user=li)
    open_as(page, li, waiting, open_till.settings.PUBLIC_URL)
    assert_accessible(page)
    open_till.work()
    page.goto(f"/pay/{waiting.number}/")
    assert_accessible(page)
    open_till.sandbox.put_person(psn_no=LI, balance_fen=1)
    for ref, fault in (("order-2", ""), ("order-3", "drop_before")):
        if fault:
            open_till.sandbox.fault("nhsa", "deduct", fault)
        payment = open_till.pay_from_account(open_order(ref), user=li)
        open_till.work()
        page.goto(f"/pay/{payment.number}/")
        assert_accessible(page)
