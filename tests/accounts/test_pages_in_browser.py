"""The pages of signing in and of one's own data in a real browser: by keyboard and thumb, with and without
JavaScript, and nothing for axe to find in any mode."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Authenticator, User
from accounts.notices import account_notice
from tests.accounts.people import PASSWORD, app_code, resident, staff, texted_code

pytestmark = pytest.mark.django_db(transaction=True)

LI = "13900001001"


def main_button(page: Page):
    return page.locator("main .button:not(.button-outline)")


def sign_in_with_a_code(page: Page, phone: str = LI) -> None:
    page.goto(reverse("accounts:sign_in"))
    page.locator("input[name=phone]").fill(phone)
    main_button(page).click()
    page.locator("input[name=code]").fill(texted_code(phone))
    main_button(page).click()
    page.locator("button[value=agree]").click()


def test_li_signs_in_without_javascript(new_page):
    page = new_page(width=390, height=844, java_script_enabled=False)
    sign_in_with_a_code(page)
    expect(page).to_have_url(re.compile(re.escape(reverse("portal:home")) + "$"))
    page.goto(reverse("accounts:my_data"))
    expect(page.locator("main")).to_contain_text("139****1001")


def test_a_wrong_code_is_explained_where_she_looks(phone_page: Page):
    phone_page.goto(reverse("accounts:sign_in"))
    phone_page.locator("input[name=phone]").fill(LI)
    main_button(phone_page).click()
    phone_page.locator("input[name=code]").fill("12")
    main_button(phone_page).click()
    summary = phone_page.locator("#error-summary")
    expect(summary).to_be_visible()
    summary.get_by_role("link").click()
    expect(phone_page.locator("input[name=code]")).to_be_focused()


@pytest.mark.parametrize("mode", ["light", "dark", "large"])
def test_axe_finds_nothing_on_a_residents_pages(new_page, live_server, assert_accessible, mode: str):
    page = new_page(width=390, height=844, color_scheme="dark" if mode == "dark" else "light")
    if mode == "large":
        cookie = {"name": "look", "value": "auto.large.zh-hans", "url": live_server.url}
        page.context.add_cookies([cookie])
    page.goto(reverse("accounts:sign_in"))
    assert_accessible(page)
    main_button(page).click()
    assert_accessible(page)
    page.locator("input[name=phone]").fill(LI)
    main_button(page).click()
    assert_accessible(page)
    page.locator("input[name=code]").fill(texted_code(LI))
    main_button(page).click()
    assert_accessible(page)
    page.locator("button[value=agree]").click()
    for name in ("my_data", "correct_name", "leave", "privacy"):
        page.goto(reverse(f"accounts:{name}"))
        assert_accessible(page)


def test_a_new_colleague_sets_up_her_second_step(desk_page: Page, assert_accessible):
    User.objects.create_staff(username="xinren", password=PASSWORD)
    desk_page.goto("/admin/")
    assert_accessible(desk_page)
    desk_page.locator("input[name=username]").fill("xinren")
    desk_page.locator("input[name=password]").fill(PASSWORD)
    main_button(desk_page).click()
    expect(desk_page.locator(".qr svg")).to_be_visible()
    assert_accessible(desk_page)
    desk_page.locator("input[name=token]").fill(app_code(Authenticator.objects.get().secret))
    main_button(desk_page).click()
    expect(desk_page.locator(".backup-codes li")).to_have_count(10)
    assert_accessible(desk_page)
    main_button(desk_page).click()
    expect(desk_page).to_have_url(re.compile("/admin/$"))


def test_zhou_reads_a_number_in_full(desk_page: Page, assert_accessible):
    zhou, li = staff("zhoumin", "operator"), resident(LI)
    desk_page.goto("/admin/login/")
    desk_page.locator("input[name=username]").fill("zhoumin")
    desk_page.locator("input[name=password]").fill(PASSWORD)
    main_button(desk_page).click()
    assert_accessible(desk_page)
    desk_page.locator("input[name=token]").fill(app_code(Authenticator.objects.get(user=zhou).secret))
    main_button(desk_page).click()
    desk_page.goto(reverse("accounts:reveal", args=["accounts.user", li.pk, "phone"]))
    assert_accessible(desk_page)
    desk_page.locator("input[name=reason]").fill("回电话核对材料")
    main_button(desk_page).click()
    expect(desk_page.locator(".revealed")).to_have_text(LI)
    assert_accessible(desk_page)


def test_the_notice_is_readable_before_signing_in(phone_page: Page):
    phone_page.goto(reverse("accounts:privacy"))
    expect(phone_page.locator("h1")).to_have_text(account_notice().title)
