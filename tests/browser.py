"""Fixtures for tests in a real browser: Debian's chromium, driven by Playwright, on Django's live server."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from scripts.bootstrap import BROWSER_PACKAGES, DRIVER_LIBRARIES, DRIVER_PACKAGES, lacking
from tests.servers import CHECKOUT, FOLDER

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
# The sandbox of chromium cannot be used as root; the rest keeps it from calling home.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
# How long a page may take on a machine that does much else: what is waited for is that it comes, not how soon.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
AXE = CHECKOUT / "tests" / "vendor" / "axe.min.js"
SKIPPED_WITHOUT_BROWSER = (
    f"browser test skipped (as root: apt-get install {' '.join((*BROWSER_PACKAGES, *DRIVER_PACKAGES))})"
)
_shown_failures = pytest.StashKey[bool]()

NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses a browser fixture carries the marker `browser`."""
    for item in items:
        if {"browser", "phone_page", "desk_page", "new_page"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: Any = yield
    if report.when == "call":
        item.stash[_shown_failures] = report.failed
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", ())
        if SKIPPED_WITHOUT_BROWSER in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_line(
            f"{len(skipped)} BROWSER TESTS WERE SKIPPED: no chromium at {CHROMIUM}, or no library for its driver.",
            yellow=True,
            bold=True,
        )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One chromium for the whole session. Without it: skipped, but an error in CI."""
    missing = [*([] if CHROMIUM.exists() else [str(CHROMIUM)]), *lacking(DRIVER_LIBRARIES)]
    if missing:
        if os.environ.get("CI"):
            pytest.fail(f"no {', '.join(missing)} here; CI must not skip browser tests", pytrace=False)
        pytest.skip(SKIPPED_WITHOUT_BROWSER)
    # Playwright's event loop lives in this thread, so Django takes plain ORM calls in tests for a mistake.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[NewPage]:
    """`new_page(width=…, height=…, **context options)`: a page with its own cookies; relative addresses work.

    When the test fails, a picture of every page is in var/test/screenshots.
    """
    contexts: list[BrowserContext] = []

    def open_page(*, width: int, height: int, **options: Any) -> Page:
        defaults: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "base_url": live_server.url}
        context = browser.new_context(viewport={"width": width, "height": height}, **(defaults | options))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield open_page
    if request.node.stash.get(_shown_failures, False):
        _take_pictures(request.node.nodeid, [page for context in contexts for page in context.pages])
    for context in contexts:
        context.close()


def _take_pictures(test: str, pages: list[Page]) -> None:
    folder = FOLDER / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pages, start=1):
        page.screenshot(path=folder / f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', test)}-{number}.png", full_page=True)


@pytest.fixture
def phone_page(new_page: NewPage) -> Page:
    """A phone: 390 x 844, touch."""
    return new_page(**PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)


@pytest.fixture
def desk_page(new_page: NewPage) -> Page:
    """A desktop: 1280 x 800."""
    return new_page(**DESK)


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """`assert_accessible(page)` fails with axe-core's findings (WCAG 2.2 A and AA, best practices)."""
    source = AXE.read_text()

    def check(page: Page) -> None:
        page.evaluate(source)
        found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        told = [f"{one['id']} ({one['impact']}): {one['help']}\n    " + "\n    ".join(
            f"{' '.join(map(str, node['target']))}: {node['html'][:160]}" for node in one["nodes"]
        ) for one in found]  # fmt: skip
        assert not told, f"{page.url}:\n" + "\n".join(told)

    return check
