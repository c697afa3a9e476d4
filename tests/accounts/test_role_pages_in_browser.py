"""The pages on which officers give, confirm and look up roles, on a telephone and at a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.actions import grant_role
from core import clock
from parties.models import Scheme
from tests.accounts.people import give, officers, signed_in, staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("width", [390, 1280])
def test_an_officer_finds_her_way(
    new_page: Callable[..., Page],
    live_server: LiveServer,
    assert_accessible: Callable[[Page], None],
    scheme: Scheme,
    width: int,
) -> None:
    wu = staff("anquan", "security", name="吴刚")
    chen = staff("caiwu", name="陈会计")
    give(staff("liufang", name="刘芳"), "operator", within={"scheme": [scheme.pk], "area": ["411202", "411224"]})
    proposed = grant_role(
        user=chen,
        role="finance",
        within={"scheme": [scheme.pk]},
        actor=officers()[0],
        reason="接替孙会计",
        now=clock.now(),
    )
    session = signed_in(wu).cookies[settings.SESSION_COOKIE_NAME].value
    page = new_page(width=width, height=844)
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    for name, args in (
        ("accounts_roleassignment_changelist", []),
        ("accounts_roleassignment_add", []),
        ("accounts_roleassignment_change", [proposed.pk]),
        ("accounts_user_changelist", []),
    ):
        page.goto(reverse(f"admin:{name}", args=args), wait_until="load")
        page.wait_for_selector("#main[role=main]")
        assert_accessible(page)
    page.goto(reverse("admin:accounts_roleassignment_change", args=[proposed.pk]))
    page.locator("select[name=decision]").select_option("confirm")
    page.locator("[name=_save]").first.click()
    expect(page.locator("body")).to_contain_text("三门峡惠民保")
    proposed.refresh_from_db()
    assert proposed.is_live
