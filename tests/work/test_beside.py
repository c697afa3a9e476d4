"""Copies beside the database: believed until somebody closes them, and nobody keeps one of what is just changing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.parcels.models import Parcel
from work import beside
from work.beside import Beside, RowsBeside

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept(settings) -> Iterator[None]:
    settings.KEPT_BESIDE = True
    beside._redis.cache_clear()
    yield
    beside._redis().flushdb()
    beside._redis.cache_clear()


@pytest.fixture
def notes() -> Beside:
    return Beside("note", seconds=60)


@pytest.fixture
def gone(settings) -> Iterator[None]:
    """Redis is away."""
    address = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    beside._redis.cache_clear()
    yield
    settings.REDIS_URL = address
    beside._redis.cache_clear()
    beside._silent_until = 0.0


def read(notes: Beside, key: int, text: str) -> None:
    """Looked for, not found, asked of the database, kept."""
    assert notes.get(key) is None
    notes.keep(key, text)


def test_what_is_kept_is_found_and_only_who_has_looked_for_it_keeps_it(notes: Beside) -> None:
    read(notes, 1, "as it was")
    notes.keep(1, "as somebody saw it who never asked")
    assert (notes.get(1), notes.get(2)) == ("as it was", None)


def test_what_was_read_before_a_change_is_not_kept_after_it(notes: Beside) -> None:
    assert notes.get(1) is None  # a slow reader, who has the row as it was
    with transaction.atomic():
        notes.close(1)
        assert beside._redis().get("portal:beside:note:1") == beside._CLOSED
    notes.keep(1, "as it was")
    read(notes, 1, "as it is")
    assert notes.get(1) == "as it is"


def test_while_the_change_is_not_committed_nobody_keeps_anything(notes: Beside) -> None:
    with transaction.atomic():
        notes.close(1)
        read(notes, 1, "as it was")
        assert notes.get(1) is None


def test_an_undone_change_leaves_the_mark_to_its_time(notes: Beside) -> None:
    with transaction.atomic():
        notes.close(1)
        transaction.set_rollback(True)
    read(notes, 1, "as it is")
    assert notes.get(1) is None


def test_who_saves_a_row_puts_it_in_place_of_the_copy(notes: Beside) -> None:
    read(notes, 1, "as it was")
    notes.put(1, "as it is")
    assert notes.get(1) == "as it is"


def test_a_closed_copy_is_not_believed_and_none_is_made_of_what_was_read_before(notes: Beside) -> None:
    read(notes, 1, "as it was")
    notes.close(1)
    notes.put(1, "saved by who does not know of the change")
    assert notes.get(1) is None


def test_a_closed_mark_stands_longer_than_any_statement_may_take(notes: Beside) -> None:
    notes.close(1)
    assert 60 < beside._redis().ttl("portal:beside:note:1") <= 90


def test_a_copy_ends_by_itself(notes: Beside) -> None:
    read(notes, 1, "as it was")
    assert 0 < beside._redis().ttl("portal:beside:note:1") <= 60


def test_without_redis_everything_is_asked_of_the_database(gone: None, notes: Beside) -> None:
    notes.keep(1, "as it was")
    notes.put(1, "as it is")
    notes.close(1)
    assert notes.get(1) is None


def test_a_redis_that_does_not_answer_is_not_asked_again_at_once(
    gone: None, notes: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def silent(_self: redis.Redis, name: str) -> None:
        asked.append(name)
        raise redis.TimeoutError

    monkeypatch.setattr(redis.Redis, "get", silent)
    assert [notes.get(number) for number in range(3)] == [None] * 3
    assert len(asked) == 1


def test_a_row_comes_back_as_it_lies_in_the_database_and_costs_no_statement() -> None:
    rows = RowsBeside(Parcel, Beside("parcel", seconds=60))
    Parcel.objects.create(next_attempt_at=NOW + timedelta(microseconds=1), weight_gram=7)
    parcel = Parcel.objects.get()
    assert rows.get("p") is None
    rows.keep("p", parcel)
    with CaptureQueriesContext(connection) as asked:
        copy = rows.get("p")
    assert copy == parcel and not asked.captured_queries
    assert copy is not None
    assert {name: value for name, value in vars(copy).items() if name != "_state"} == {
        name: value for name, value in vars(parcel).items() if name != "_state"
    }


@pytest.fixture
def visits_and_pets(monkeypatch: pytest.MonkeyPatch) -> tuple[Beside, Beside]:
    """A visit of account 7, who has a cat."""
    monkeypatch.setattr(beside, "_by_account", [])
    visits, pets = Beside("visit", seconds=60), Beside("pet", seconds=60, by_account=True)
    read(visits, 1, "7|since noon")
    read(pets, 7, "a cat")
    return visits, pets


def test_what_is_kept_of_an_account_comes_along_with_her_session(visits_and_pets: tuple[Beside, Beside]) -> None:
    visits, pets = visits_and_pets
    with beside.one_visitor():
        assert visits.get_with_account(1) == "since noon"
        beside._redis().flushdb()
        assert pets.get(7) == "a cat"
    assert pets.get(7) is None


def test_what_came_along_is_not_believed_after_her_own_change(visits_and_pets: tuple[Beside, Beside]) -> None:
    visits, pets = visits_and_pets
    with beside.one_visitor():
        visits.get_with_account(1)
        pets.close(7)
        assert pets.get(7) is None


def test_that_there_is_no_row_is_kept_too() -> None:
    parcels = RowsBeside(Parcel, Beside("parcel", seconds=60))
    assert parcels.look(1) == (None, False)
    parcels.keep(1, None)
    assert parcels.look(1) == (None, True)
