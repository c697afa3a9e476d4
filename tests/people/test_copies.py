"""A copy of the person that an account stands for is never believed once the two have come apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from people.actions import Why, give_person_back
from people.models import Person
from people.selectors import person_of
from tests.enrollment.helpers import Town
from tests.people.helpers import LI, Resident, account
from work import beside


@pytest.fixture(autouse=True)
def kept(settings) -> Iterator[None]:
    settings.KEPT_BESIDE = True
    beside._redis.cache_clear()
    yield
    beside._redis().flushdb()
    beside._redis.cache_clear()


@pytest.fixture
def li(town: Town) -> Resident:
    """Known, and asked about a moment ago."""
    li = town.resident(LI)
    assert person_of(li.actor) == li.person
    return li


def test_who_she_is_costs_one_statement_a_minute(li: Resident) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert person_of(li.actor) == li.person
    assert not asked.captured_queries


def test_after_this_is_not_me_the_account_stands_for_nobody_at_once(town: Town, li: Resident) -> None:
    give_person_back(user=li.user, scheme=town.plan_year.scheme, actor=li.actor, now=clock.now())
    assert person_of(li.actor) is None


def test_who_proves_herself_on_another_number_is_gone_from_the_old_one_at_once(town: Town, li: Resident) -> None:
    again = account("13900002222")
    assert person_of(again.actor()) is None
    town.links(again, "李秀兰", takes_over=Why.MOVED)
    assert person_of(li.actor) is None
    assert person_of(again.actor()) == Person.objects.get(pk=li.person.pk)
