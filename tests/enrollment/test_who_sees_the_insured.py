"""Somebody insured elsewhere whom a scheme has taken in is at the desk of that scheme, not of the place she is from."""

from __future__ import annotations

from datetime import date

import pytest

from core import clock
from core.actors import Actor, Grant, reached
from demo.plan_years import create_demo_plan_years
from nhsa import InsuredPerson
from people.answers import remember
from people.models import Person
from people.selectors import operator_sees_person
from tests.accounts.people import resident
from tests.claims.people import insure
from tests.people.answers import insured

DESK = frozenset({"enrollment.operate", "identity.reveal"})


def operator(scheme: str) -> Actor:
    return Actor(7, "staff:operator", (Grant(DESK, {"scheme": frozenset({scheme})}),))


@pytest.mark.django_db
def test_who_has_moved_away_is_seen_where_she_is_insured() -> None:
    year, _next = create_demo_plan_years()
    answer = InsuredPerson(
        "41050000000000000000001009", "周敏", "resident_id", "410102199010052230", "F", date(1990, 10, 5),
        (insured(area="410500"),), (),
    )  # fmt: skip
    zhou = remember(answer, now=clock.now())
    assert not operator_sees_person(operator("smx"), zhou.pk), "her area is neither city's"
    insure(zhou, year, resident())
    for scheme, sees in (("smx", True), ("zz", False)):
        assert operator_sees_person(operator(scheme), zhou.pk) is sees
        assert operator(scheme).may("enrollment.operate", zhou) is sees
        assert list(reached(Person.objects.all(), operator(scheme), "enrollment.operate")) == [zhou] * sees
