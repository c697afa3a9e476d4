"""The staff admin in our colours: palette from the tokens, usable by keyboard and screen reader, light and dark."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from portal.unfold import JADE, STONE
from tests.accounts.people import signed_in, staff

TOKENS = (Path(__file__).parents[2] / "static" / "css" / "tokens.css").read_text()


def test_the_admins_palette_is_that_of_the_pages():
    light = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b", TOKENS))
    assert (JADE["600"], JADE["800"], JADE["100"]) == (light["act"], light["act-ink"], light["act-wash"])
    assert (STONE["50"], STONE["200"], STONE["500"]) == (light["ground"], light["line"], light["ink-2"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_wu_gang_of_security_finds_his_way(
    new_page: Callable[..., Page], live_server: LiveServer, assert_accessible: Callable[[Page], None], scheme: str
) -> None:
    session = signed_in(staff("anquan", "security", name="吴刚")).cookies[settings.SESSION_COOKIE_NAME].value
    page = new_page(width=1280, height=800, color_scheme=scheme)
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    for address in ("/admin/", "/admin/accounts/user/"):
        page.goto(address, wait_until="load")
        page.wait_for_selector("#main[role=main]")
        assert_accessible(page)
    act = "#0a6b50" if scheme == "light" else "#3aa682"
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--act').trim()") == act
