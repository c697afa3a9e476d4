"""An operator whose permission is narrowed to one insurer sees nobody by it: people belong to no insurer."""

from __future__ import annotations

from typing import Any

import pytest

from core import clock
from core.actors import Actor, Grant
from people.models import Person
from people.selectors import operator_sees_account, operator_sees_person
from tests.accounts.people import resident

BOTH = frozenset({"enrollment.operate", "identity.reveal"})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("grant", "sees"),
    [
        (Grant(BOTH), True),
        (Grant(BOTH, {"insurer": frozenset({"dahe"})}), False),
        (Grant(frozenset({"identity.reveal"})), False),
    ],
    ids=["everywhere", "at one insurer", "reads but does not operate"],
)
def test_who_sees_a_person_and_an_account(grant: Grant, sees: bool) -> None:
    operator = Actor(7, "staff:operator", (grant,))
    now: Any = clock.now()
    wang = Person.objects.create(
        name="王桂英", id_type="resident_id", id_number="411202194309023286", birth_date="1943-09-02", sex="F",
        psn_no="41120000000000000000001002", insurance_type="resident", insurance_area="411200",
        checked_at=now, created_at=now,
    )  # fmt: skip
    assert operator_sees_person(operator, wang.pk) is sees
    assert operator_sees_account(operator, resident().pk) is sees
