"""The demonstration's data: made by real actions, as often as one likes, and every page of it opens."""

from __future__ import annotations

import pytest
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from claims import selectors as claims
from core import clock
from demo.build import build
from demo.people import LI_XIULAN
from enrollment import selectors as enrollment
from enrollment.models import Policy
from sandbox.testing import Sandbox
from tests.accounts.people import signed_in
from tests.outside import connect


@pytest.fixture
def li(transactional_db: None, sandbox: Sandbox, settings: Settings) -> User:
    connect(settings, sandbox)
    sandbox.clock(settings.PORTAL_CLOCK)
    build(now=clock.now())
    found = User.objects.with_phone(LI_XIULAN.phone)
    assert found is not None
    return found


def test_last_year_is_there_and_a_second_run_adds_nothing(li: User, sandbox: Sandbox) -> None:
    assert sorted(p.insured.name for p in Policy.objects.filter(plan_year__code="smx-2026")) == ["李秀兰", "王桂英"]
    build(now=clock.now())
    assert Policy.objects.count() == 2
    # 200.00 yuan for two, charged once.
    assert [row["amount_fen"] for row in sandbox.log("account")] == [20_000]


def test_the_mothers_claims_stand_in_two_states_and_li_has_none_of_her_own(li: User) -> None:
    rows = claims.claims_of(li.actor())
    assert {claim.insured.name for claim in rows} == {"王桂英"}
    assert len({claim.state for claim in rows}) == len(rows) > 0


def test_only_policies_whose_cover_has_begun_can_be_claimed_on(li: User) -> None:
    today = clock.today()
    begun = enrollment.claimable_policies(li.actor(), today=today)
    assert {policy.plan_year.code for policy in begun} == {"smx-2026"}
    first_day = begun[0].cover_from
    assert len(enrollment.claimable_policies(li.actor(), today=first_day)) == 2
    assert enrollment.claimable_policies(li.actor(), today=first_day.replace(year=first_day.year - 1)) == []


@pytest.mark.parametrize(
    "name", ["accounts:my_data", "enrollment:policies", "claims:index", "portal:home", "portal:demo"]
)
def test_her_pages_open(li: User, name: str) -> None:
    assert signed_in(li).get(reverse(name)).status_code == 200
