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


def test_every_test_of_the_list_is_there(request: pytest.FixtureRequest):
    """Renamed ones: `make guards` looks for them anew."""
    missing = {test for test in red_list.read().values() if not red_list.stands_in_the_source(test)}
    # Of files that this run has collected, the cases are known too.
    collected = {item.nodeid for item in request.session.items}
    whole_files = {
        item.nodeid.partition("::")[0] for item in request.session.items if not request.config.getoption("keyword")
    }
    asked_for_parts = any("::" in argument for argument in request.config.args)
    if not asked_for_parts:
        missing |= {
            test
            for test in red_list.read().values()
            if test.partition("::")[0] in whole_files and test not in collected
        }
    assert sorted(missing) == []
