"""Every page of a claim in a real browser: nothing for axe to find, and the whole path without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import User
from claims import actions
from claims.lifecycle import ClaimState
from claims.models import Claim
from core import clock
from sandbox.testing import Sandbox
from tests.accounts.people import signed_in
from tests.claims import paper_files
from tests.claims.people import CARD, LI_HIP, WANG_PNEUMONIA, ZHANG_STENT, Family, desk_page, own_page

NewPage = Callable[..., Page]


@pytest.fixture
def family(transactional_db: None, outside: Sandbox) -> Family:
    return Family()


def sign_in(page: Page, user: User, live_server: Any) -> Page:
    session = signed_in(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


def look(page: Page, address: str, check: Callable[[Page], None]) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 200, address
    check(page)


@pytest.mark.parametrize("mode", ["auto.normal.zh-hans", "dark.large.en"])
def test_axe_finds_nothing_on_any_page_of_a_claim(
    family: Family, new_page: NewPage, live_server: Any, assert_accessible: Callable[[Page], None], mode: str
) -> None:
    phone = sign_in(new_page(width=390, height=844), family.li, live_server)
    phone.context.add_cookies([{"name": "look", "value": mode, "url": live_server.url}])
    draft = family.prepares(ZHANG_STENT, of="张建国")
    decided = family.is_approved(LI_HIP)
    nothing = family.is_approved(WANG_PNEUMONIA, of="王桂英")
    own = f"/claims/{draft.number}/"
    addresses = [
        "/claims/",
        "/claims/new/",
        f"/claims/new/{draft.policy.number}/",
        own,
        f"{own}bills/",
        f"{own}what-happened/",
        f"{own}papers/",
        f"{own}account/",
    ]
    addresses += [f"{own}check/", f"/claims/{decided.number}/", f"/claims/{nothing.number}/"]
    addresses += [f"/claims/{decided.number}/handover/"]
    for address in addresses:
        look(phone, address, assert_accessible)
    waiting = actions.submit_claim(claim=draft, seen=own_page(draft), actor=family.li.actor(), now=clock.now())
    look(phone, f"/claims/{waiting.number}/", assert_accessible)
    actions.take_claim(claim=waiting, seen=desk_page(waiting), actor=family.zhou.actor(), now=clock.now())
    waiting = family.again(waiting)
    actions.decline_claim(
        claim=waiting, seen=desk_page(waiting), reason="由第三方负责", actor=family.zhou.actor(), now=clock.now()
    )
    look(phone, f"/claims/{waiting.number}/", assert_accessible)


def test_axe_finds_nothing_where_the_desk_registers_a_claim(
    family: Family, new_page: NewPage, live_server: Any, assert_accessible: Callable[[Page], None]
) -> None:
    desk = sign_in(new_page(width=1280, height=800), family.zhou, live_server)
    report = family.is_told()
    register = "/admin/claims/claim/register/"
    look(desk, register, assert_accessible)
    look(desk, f"{register}{report.pk}/", assert_accessible)
    claim = family.registers(report)
    look(desk, f"/admin/claims/claim/{claim.pk}/change/", assert_accessible)
    look(desk, f"/admin/claims/claim/{claim.pk}/bills/", assert_accessible)


def test_a_claim_is_filed_without_javascript(
    family: Family, new_page: NewPage, live_server: Any, tmp_path: Path
) -> None:
    page = sign_in(new_page(width=390, height=844, java_script_enabled=False), family.li, live_server)
    page.goto("/claims/new/")
    page.locator(".option-text", has_text="李秀兰").click()
    page.locator("main form.form button").click()
    page.locator(".option-text").first.click()
    page.locator("main form.form button").click()
    claim = Claim.objects.get()
    page.goto(f"/claims/{claim.number}/what-happened/")
    for question in page.locator("fieldset").all():
        question.locator(".option-text").first.click()
    page.locator("main form.form button").click()
    for kind in ("INVOICE", "BANK_CARD"):
        photo = tmp_path / f"{kind}.jpg"
        photo.write_bytes(paper_files.photo(kind))
        page.goto(f"/claims/{claim.number}/papers/")
        page.locator(f"#{kind} input[type=file]").set_input_files(photo)
        page.locator(f"#{kind} form.form button").click()
    family.worker_checks()
    page.goto(f"/claims/{claim.number}/account/")
    page.locator("[name=bank_code]").select_option("102")
    page.locator("[name=account_no]").fill(CARD)
    page.locator("main form.form button").click()
    page.goto(f"/claims/{claim.number}/check/")
    page.locator("main form.form button").click()
    assert Claim.objects.get().state == ClaimState.SUBMITTED
    assert page.locator(".timeline").count() == 1


def test_the_desk_is_used_from_the_keyboard(family: Family, new_page: NewPage, live_server: Any) -> None:
    claim = family.hands_in(LI_HIP)
    desk = sign_in(new_page(width=1280, height=800), family.zhou, live_server)
    desk.goto(f"/admin/claims/claim/{claim.pk}/change/")
    first = desk.locator("[data-image]").get_attribute("src")
    desk.keyboard.press("ArrowRight")
    assert desk.locator("[data-image]").get_attribute("src") != first
    desk.keyboard.press("g")
    assert desk.evaluate("document.activeElement.name") == "take"
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    assert family.again(claim).state == ClaimState.UNDER_REVIEW
    # The picture really arrived: a locked-down response still draws.
    assert desk.evaluate("document.querySelector('[data-image]').naturalWidth") > 100


def test_the_desk_works_under_a_content_policy(family: Family, new_page: NewPage, live_server: Any) -> None:
    """A page of the admin may load and send to the portal only; nothing that it needs is refused by the browser."""
    claim = family.hands_in(LI_HIP)
    desk = sign_in(new_page(width=1280, height=800), family.zhou, live_server)
    refused: list[str] = []
    desk.on("console", lambda message: refused.append(message.text) if "Content Security" in message.text else None)
    for address in ("/admin/", "/admin/claims/claim/", f"/admin/claims/claim/{claim.pk}/change/"):
        answer = desk.goto(address)
        assert answer is not None
        assert answer.status == 200
        rules = dict(rule.strip().split(" ", 1) for rule in answer.headers["content-security-policy"].split(";"))
        for name in ("object-src", "base-uri", "frame-ancestors"):
            assert rules[name] == "'none'"
        assert (rules["form-action"], rules["default-src"]) == ("'self'", "'self'")
    assert desk.evaluate("document.querySelector('[data-image]').naturalWidth") > 100
    assert refused == []
