"""A question asked again is put into SQL once, and gives what its queryset gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, QuerySet
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actors import Actor
from tests.parcels.models import Parcel, ParcelEvent, ParcelState
from work.asked import Asked, asked
from work.lifecycle import transition

pytestmark = pytest.mark.django_db

CLERK = Actor.system("clerk")


@pytest.fixture
def parcels() -> list[Parcel]:
    """One of 500 g to Li that is on its way, one of 700 g to Zhao."""
    for_li = Parcel.objects.create(weight_gram=500, recipient="李秀兰", route=["Beijing", "Xi'an"])
    for_zhao = Parcel.objects.create(weight_gram=700, recipient="赵强")
    return [transition(for_li, ParcelState.SENT, actor=CLERK, now=clock.now()), for_zhao]


@asked
def _heavier(grams: Any) -> QuerySet[Parcel]:
    return Parcel.objects.filter(weight_gram__gt=grams).order_by("weight_gram")


@asked
def _events_of(state: Any) -> QuerySet[ParcelEvent]:
    return ParcelEvent.objects.filter(subject__state=state).select_related("subject")


@asked
def _among(parcels: Any) -> QuerySet[Parcel]:
    return Parcel.objects.filter(pk__among=parcels).order_by("weight_gram")


def test_it_gives_instances_with_what_is_sealed_in_them(parcels: list[Parcel]) -> None:
    found = _heavier(grams=400)
    assert found == parcels
    assert [parcel.recipient for parcel in found] == ["李秀兰", "赵强"]
    assert found[0].route == ["Beijing", "Xi'an"]
    assert _heavier(grams=600) == parcels[1:]
    assert _heavier.first(grams=800) is None


def test_what_a_row_refers_to_comes_with_it(parcels: list[Parcel]) -> None:
    [event] = _events_of(state=ParcelState.SENT)
    with CaptureQueriesContext(connection) as asked_again:
        assert (event.subject, event.subject.recipient) == (parcels[0], "李秀兰")
    assert not asked_again.captured_queries


def test_any_number_of_values_is_the_same_question(parcels: list[Parcel]) -> None:
    keys = [parcel.pk for parcel in parcels]
    assert (_among(parcels=keys), _among(parcels=keys[1:]), _among(parcels=[])) == (parcels, parcels[1:], [])


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (lambda grams: Parcel.objects.filter(weight_gram=grams).values_list("weight_gram", flat=True), 500),
        (lambda grams: Parcel.objects.filter(weight_gram=grams).values_list("state", "weight_gram"), ("SENT", 500)),
    ],
)
def test_values_come_as_the_queryset_lists_them(
    parcels: list[Parcel], question: Callable[[Any], Any], answer: object
) -> None:
    assert Asked(question)(grams=500) == [answer]


def test_an_annotation_is_on_the_instance(parcels: list[Parcel]) -> None:
    counted: Asked[Any] = Asked(lambda grams: Parcel.objects.filter(weight_gram=grams).annotate(moves=Count("events")))
    assert [parcel.moves for parcel in counted(grams=500)] == [1]


def test_a_deferred_column_is_fetched_when_it_is_read(parcels: list[Parcel]) -> None:
    light: Asked[Parcel] = Asked(lambda grams: Parcel.objects.filter(weight_gram=grams).defer("state"))
    assert light(grams=500)[0].state == ParcelState.SENT


def test_a_row_is_locked_by_it(parcels: list[Parcel]) -> None:
    locked: Asked[Parcel] = Asked(lambda grams: Parcel.objects.select_for_update().filter(weight_gram=grams))
    with CaptureQueriesContext(connection) as said:
        assert locked(grams=500) == parcels[:1]
    assert "FOR UPDATE" in said.captured_queries[0]["sql"]


def test_the_server_plans_it_once_for_a_connection(parcels: list[Parcel]) -> None:
    for grams in (400, 600, 800):
        _heavier(grams=grams)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%weight_gram%>%$1%"])
        assert cursor.fetchone() == (1,)
