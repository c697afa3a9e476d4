"""A new check, unique index, trigger, permission or switch needs a test that is red without it (`make guards`)."""

import pytest
from django.db import connection

from tests.guards import red_list
from tests.guards.catalogue import all_guards


@pytest.fixture
def guards(db: None) -> set[str]:
    with connection.cursor() as cursor:

        def ask(query: str) -> list[tuple]:
            cursor.execute(query)
            return cursor.fetchall()

        return {str(guard) for guard in all_guards(ask)}


def test_every_guard_is_in_the_list(guards: set[str]):
    """Missing ones: write a test that is red without the guard, then run `make guards`."""
    assert sorted(guards - set(red_list.read())) == []


def test_the_list_names_no_guard_that_is_gone(guards: set[str]):
    """Gone ones: `make guards` takes them out."""
    assert sorted(set(red_list.read()) - guards) == []


def test_every_test_of_the_list_is_there():
    """Renamed ones: `make guards` looks for them anew."""
    missing = {test for test in red_list.read().values() if not red_list.stands_in_the_source(test)}
    assert sorted(missing) == []


def test_every_case_of_the_list_is_collected(request: pytest.FixtureRequest):
    """Of the files that this run has collected, that is of all in CI: the case in brackets is there too."""
    collected = {item.nodeid for item in request.session.items}
    whole = {nodeid.partition("::")[0] for nodeid in collected if request.config.args == ["tests"]}
    missing = {test for test in red_list.read().values() if test.partition("::")[0] in whole and test not in collected}
    assert sorted(missing) == []
