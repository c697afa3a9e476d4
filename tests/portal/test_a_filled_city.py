"""Every page over the benches' city, small: each opens, none asks more for twenty rows than for one.

It is also the filler's own test (bench.fill): a table that an action writes otherwise than it did shows here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from bench.fill.filling import fill
from bench.fill.sizes import Sizes
from bench.pages.addresses import Page, desks, residents
from claims.models import Claim
from core import clock
from core.admin import StaffAdmin
from demo.build import build
from enrollment.models import Order, Policy
from sandbox.testing import Sandbox
from tests import database
from tests.outside import connect
from tests.servers import Lease

pytestmark = pytest.mark.slow
SIZES = Sizes(policies=900, claims=200)


@pytest.fixture
def city(transactional_db: None, sandbox: Sandbox, settings: Settings, tmp_path: Path, lease: Lease) -> None:
    connect(settings, sandbox)
    settings.MEDIA_ROOT, settings.QUARANTINE_DIR = tmp_path / "files", tmp_path / "quarantine"
    sandbox.clock(settings.PORTAL_CLOCK)
    build(now=clock.now())
    database.point_django_at(lease.owner_url())
    try:
        fill(SIZES, url=lease.owner_url(), say=lambda _line: None)
    finally:
        database.point_django_at(lease.app_url())


def statements(page: Page) -> int:
    """How many the page asks once what is kept in the process for a while is there."""
    page.visitor.client.get(page.path)
    with CaptureQueriesContext(connection) as asked:
        answer = page.visitor.client.get(page.path)
    assert answer.status_code == 200, (page.name, page.path, answer.status_code)
    return len(asked)


def test_every_page_of_residents_opens_and_asks_as_much_for_thirty_people_as_for_four(city: None):
    assert Policy.objects.count() > 800 and Claim.objects.count() > 190 and Order.objects.count() > 300
    asked = {page.name: statements(page) for page in residents()}
    assert len(asked) > 30
    for one, many in (
        ("family", "family of thirty"),
        ("my policies", "thirty policies"),
        ("new claim", "new claim, thirty policies"),
        ("my data", "my data, thirty policies"),
    ):
        assert asked[many] <= asked[one], (many, asked[many], asked[one])


def test_every_list_of_staff_asks_as_much_for_twenty_rows_as_for_one(city: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(StaffAdmin, "list_per_page", 1)
    lists = [page for page in desks() if "?" not in page.path and page.path.endswith("/") and "change" not in page.path]
    assert len(lists) > 20
    ones = {page.path: statements(page) for page in lists}
    monkeypatch.setattr(StaffAdmin, "list_per_page", 20)
    more = {page.path: statements(page) for page in lists}
    # What a role is held within is fetched once for all rows; the first row is held within nothing.
    for path, once in {"/admin/accounts/roleassignment/": 1, "/admin/accounts/user/": 2}.items():
        ones[path] += once
    # One less where all rows are on one page, and which ones stand there need not be asked.
    assert {path: (ones[path], asked) for path, asked in more.items() if asked > ones[path]} == {}


def test_every_filter_search_and_last_page_opens(city: None):
    """And one row of each kind."""
    pages = list(desks())
    assert len(pages) > 80
    for page in pages:
        statements(page)
    assert User.objects.filter(kind=User.Kind.STAFF).count() == 9, "the pages changed nothing"
