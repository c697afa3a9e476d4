"""The workshop's pages in a real browser: for keyboards and screen readers, light and dark, on a tablet too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from core import clock
from demo.plan_years import OPERATOR, create_demo_plan_years
from products.actions import change_terms, generate_city_year, start_comparison, start_terms_draft
from tests.accounts.people import signed_in, staff
from work import sweeps


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 820)])
def test_figures_sentences_and_charts_are_for_everybody(
    new_page: Callable[..., Page],
    live_server: LiveServer,
    assert_accessible: Callable[[Page], None],
    scheme: str,
    width: int,
) -> None:
    year, now = create_demo_plan_years()[1], clock.now()
    draft = start_terms_draft(plan_year=year, title="起付线一万二", actor=OPERATOR, now=now)
    values = {"compliant_self_pay.deductible": "12000"}
    draft = change_terms(draft=draft, values=values, revision=1, actor=OPERATOR, now=now)
    city = generate_city_year(
        scheme=year.scheme, title="试算城", people=2_000, seed=1, year=2027, shape={}, actor=OPERATOR, now=now
    )
    done = start_comparison(city_year=city, terms=[year, draft], actor=OPERATOR, now=now)
    sweeps.drain("comparisons")
    running = start_comparison(city_year=city, terms=[year, draft], actor=OPERATOR, now=now)
    page = new_page(width=width, height=800, color_scheme=scheme)
    session = signed_in(staff("chanpin", "operator")).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    for address in (
        f"termsdraft/{draft.pk}/change/",
        f"termsdraft/{draft.pk}/file/",
        f"comparison/{done.pk}/change/",
        f"comparison/{done.pk}/projection/",
        f"comparison/{running.pk}/change/",
        "comparison/city-years/upload/",
        "comparison/new/",
    ):
        page.goto(f"/admin/products/{address}", wait_until="load")
        page.wait_for_selector("#main[role=main]")
        assert_accessible(page)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, address
    # The page of one that runs goes on by itself when it is done.
    page.goto(f"/admin/products/comparison/{running.pk}/change/")
    sweeps.drain("comparisons")
    page.wait_for_selector("text=五年预测")
