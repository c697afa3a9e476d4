"""The window is [1 October 00:00, 1 January 00:00) in Shanghai, to the second (Sanmenxia 五(一))."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from core.errors import Conflict
from enrollment import actions
from enrollment.lifecycle import OrderState
from enrollment.models import Policy
from enrollment.shown import order_version
from payments.models import Payment
from products.selectors import open_plan_year
from tests.enrollment.helpers import PERSONAL_ACCOUNT, Town
from tests.people.helpers import LI

BEFORE = datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC)  # 30 September 23:59:59 in Shanghai
FIRST = datetime(2026, 9, 30, 16, 0, 0, tzinfo=UTC)
LAST = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)  # 31 December 23:59:59 in Shanghai
AFTER = datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(("now", "is_open"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)])
def test_both_sides_of_both_edges(town: Town, now: datetime, is_open: bool) -> None:
    assert (open_plan_year(town.scheme, now) == town.plan_year) is is_open
    assert town.plan_year.is_open(now) is is_open


@pytest.mark.parametrize("now", [BEFORE, AFTER])
def test_nobody_begins_an_order_outside_the_window(town: Town, now: datetime) -> None:
    li = town.resident(LI)
    with pytest.raises(Conflict) as refusal:
        town.choose(li, li.person, now=now)
    assert refusal.value.code == "window_closed"


def test_an_order_begun_in_time_cannot_be_placed_a_second_late(town: Town) -> None:
    li = town.resident(LI)
    order = town.choose(li, li.person, now=LAST)
    town.read_and_agree(li, order)
    with pytest.raises(Conflict) as refusal:
        actions.place_order(order=order, seen=order_version(order), channel=PERSONAL_ACCOUNT, actor=li.actor, now=AFTER)
    assert refusal.value.code == "window_closed"
    assert not Policy.objects.exists()
    order.refresh_from_db()
    assert order.state == OrderState.DRAFT


def test_an_order_placed_in_the_last_second_may_be_paid_after_midnight(town: Town) -> None:
    li = town.resident(LI)
    order = town.choose(li, li.person, now=LAST)
    town.read_and_agree(li, order)
    actions.place_order(order=order, seen=order_version(order), channel=PERSONAL_ACCOUNT, actor=li.actor, now=LAST)
    with transaction.atomic():  # as inside confirm_payment
        actions.issue_policies(Payment.objects.get(), now=AFTER)
    assert Policy.objects.get().issued_at == AFTER


def test_last_years_plan_is_closed_whatever_the_day(town: Town) -> None:
    assert not town.last_year.is_open(datetime(2025, 11, 1, tzinfo=UTC))
