"""The style guide in a real browser: every component, every mode, phone and desk."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from portal.styleguide import PAGES

pytestmark = [pytest.mark.urls("tests.look.urls"), pytest.mark.django_db(transaction=True)]

MODES = {
    "light": "theme=light",
    "dark": "theme=dark",
    "large": "theme=light&text=large",
    "dark and large": "theme=dark&text=large",
}
SIZES = {"phone": (390, 844), "desk": (1280, 800)}

# Links inside a sentence may be as low as the line (WCAG 2.5.8); everything else is a target of its own.
TOO_SMALL = """least => [...document.querySelectorAll('a[href], button, input, select, summary, textarea')]
    .filter(one => one.type !== 'hidden' && !one.closest('.option, p, dd, .skip-link'))
    .filter(one => one.getBoundingClientRect().height > 0 && one.getBoundingClientRect().height < least - 0.5)
    .map(one => one.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_fits_and_can_be_touched_in_every_mode(
    new_page: Callable[..., Page], assert_accessible: Callable[[Page], None], name: str, size: str
) -> None:
    width, height = SIZES[size]
    page = new_page(width=width, height=height)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    for mode, query in MODES.items():
        page.goto(f"/styleguide/{name}/?{query}")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{mode}: something sticks out sideways"
        assert page.evaluate(TOO_SMALL, 60 if "large" in mode else 44) == [], mode
    assert told == [], "the content security policy and the scripts have nothing to say"


def test_text_is_17_px_and_22_in_large_text(phone_page: Page) -> None:
    for text, pixels in (("normal", "17px"), ("large", "22px")):
        phone_page.goto(f"/styleguide/home/?text={text}")
        assert phone_page.evaluate("getComputedStyle(document.body).fontSize") == pixels


def test_large_text_leaves_nothing_below_18_px(phone_page: Page) -> None:
    phone_page.goto("/styleguide/?text=large")
    smallest = phone_page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('body *:not(svg *)')]
            .filter(one => !one.closest('.numbered') || one.matches('.numbered *'))
            .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
            .filter(one => one.getClientRects().length)
            .map(one => parseFloat(getComputedStyle(one).fontSize)))"""
    )
    assert smallest >= 18


def test_large_text_and_dark_are_chosen_and_kept_without_javascript(new_page: Callable[..., Page]) -> None:
    page = new_page(width=390, height=844, java_script_enabled=False)
    page.goto("/styleguide/home/")
    page.get_by_role("button", name="大字").or_(page.get_by_role("button", name="Large text")).click()
    expect(page.locator("html")).to_have_attribute("data-text", "large")
    page.locator("button[name=theme][value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/styleguide/claim/")
    expect(page.locator("html")).to_have_attribute("data-text", "large")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/styleguide/claim/")


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(244, 246, 244)"), ("dark", "rgb(15, 21, 19)")])
def test_without_a_choice_the_phone_decides(new_page: Callable[..., Page], scheme: str, ground: str) -> None:
    page = new_page(width=390, height=844, color_scheme=scheme)
    page.goto("/styleguide/home/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_a_choice_of_light_wins_over_a_dark_phone(new_page: Callable[..., Page]) -> None:
    page = new_page(width=390, height=844, color_scheme="dark")
    page.goto("/styleguide/home/?theme=light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(244, 246, 244)"


def test_a_refused_form_takes_the_focus_to_what_must_be_mended(new_page: Callable[..., Page]) -> None:
    page = new_page(width=390, height=844)
    page.goto("/styleguide/question/")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#id_c-identity"
    assert page.evaluate("document.activeElement.id") == "id_c-identity"


def test_the_skip_link_comes_first_and_leads_to_the_content(desk_page: Page) -> None:
    desk_page.goto("/styleguide/home/")
    desk_page.keyboard.press("Tab")
    expect(desk_page.locator(".skip-link")).to_be_focused()
    desk_page.keyboard.press("Enter")
    assert desk_page.evaluate("document.activeElement.id") == "main"


def test_focus_is_visible_on_everything_that_takes_it(desk_page: Page) -> None:
    desk_page.goto("/styleguide/")
    desk_page.keyboard.press("Tab")
    for _ in range(60):
        desk_page.keyboard.press("Tab")
        seen = desk_page.evaluate(
            """() => { const one = document.activeElement; const box = one.closest('.option') || one;
                return one === document.body || parseFloat(getComputedStyle(box).outlineWidth) >= 3 }"""
        )
        assert seen, desk_page.evaluate("document.activeElement.outerHTML")


def test_a_bill_is_the_same_picture_on_the_page_and_to_a_screen_reader(phone_page: Page) -> None:
    phone_page.goto("/styleguide/claim/")
    table = phone_page.locator(".bar-table").first
    assert re.sub(r"\s+", " ", table.inner_text()).endswith(
        "基本医保 41,380.00 大病保险 9,460.00 惠民保 18,640.00 您自己 16,720.00"
    )
    widths = phone_page.evaluate(
        "[...document.querySelector('.bar').querySelectorAll('rect')].map(r => r.getBoundingClientRect().width)"
    )
    assert widths[0] / sum(widths) == pytest.approx(41_380 / 86_200, abs=0.002)


def test_no_page_carries_inline_styles_or_scripts() -> None:
    for name in PAGES:
        body = Client().get(f"/styleguide/{name}/").content.decode()
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)", body), name


def test_an_unknown_page_is_not_found() -> None:
    assert Client().get("/styleguide/nothing/").status_code == 404
    assert Client().get("/styleguide/pdf/nothing/").status_code == 404
