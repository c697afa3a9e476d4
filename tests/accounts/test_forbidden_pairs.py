"""Two roles that nobody holds together: a table, asked by the action, and by the database when two act at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actions import grant_role
from accounts.models import RoleAssignment
from accounts.roles import FORBIDDEN_PAIRS, STAFF_ROLES, forbidden_beside
from core import clock
from core.errors import Conflict
from tests.accounts.people import give, officers, staff

TriggerOff = Callable[[str, str], AbstractContextManager[None]]


def pair(*roles: str) -> frozenset[str]:
    return frozenset(roles)


def test_the_table() -> None:
    assert pair("security", "finance") in FORBIDDEN_PAIRS
    assert pair("security", "operator") in FORBIDDEN_PAIRS, "who reads identities does not watch over the readings"
    assert pair("claims_approver", "finance") in FORBIDDEN_PAIRS
    assert forbidden_beside("auditor") == STAFF_ROLES - {"auditor"}
    assert pair("claims_reviewer", "claims_approver") not in FORBIDDEN_PAIRS, "two persons decide each claim"


@pytest.mark.django_db
@pytest.mark.parametrize(("held", "wanted"), [sorted(both) for both in sorted(FORBIDDEN_PAIRS, key=sorted)])
@pytest.mark.parametrize("turn", [1, -1], ids=["there", "back"])
def test_whoever_holds_one_is_not_given_the_other(held: str, wanted: str, turn: int) -> None:
    held, wanted = (held, wanted)[::turn]
    zhou, wu = staff("zhoumin", held), officers()[0]
    with pytest.raises(Conflict) as refused:
        grant_role(user=zhou, role=wanted, actor=wu, now=clock.now())
    assert refused.value.code == "roles_exclude_each_other"
    with pytest.raises(IntegrityError, match="roles_exclude_each_other"), transaction.atomic():
        RoleAssignment.objects.create(user=zhou, role=wanted, granted_by_id=wu.user_id, granted_at=clock.now())


@pytest.mark.django_db
def test_a_pair_of_which_one_was_taken_back_is_none() -> None:
    zhou = staff("zhoumin", "bureau")
    RoleAssignment.objects.filter(user=zhou).update(state="ENDED")
    assert give(zhou, "operator").is_live


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two officers each give one of the two, past the action; the second begins before the first has committed."""

    def given(self) -> list[str]:
        bo, wu = staff("bozhang"), officers()[0]
        outcomes: list[str] = []

        def give_past_the_action(role: str) -> None:
            row = RoleAssignment.objects.create(user=bo, role=role, granted_by_id=wu.user_id, granted_at=clock.now())
            RoleAssignment.objects.filter(pk=row.pk).update(state="LIVE")

        def second() -> None:
            try:
                with transaction.atomic():
                    give_past_the_action("operator")
                outcomes.append("held")
            except IntegrityError:
                outcomes.append("refused")
            finally:
                connection.close()

        other = threading.Thread(target=second)
        with transaction.atomic():
            give_past_the_action("bureau")
            other.start()
            other.join(1)
        other.join(30)
        return [*outcomes, *sorted(RoleAssignment.objects.filter(user=bo, state="LIVE").values_list("role", flat=True))]

    def test_one_is_held(self) -> None:
        assert self.given() == ["refused", "bureau"]

    def test_control_without_the_guard_both_are(self, trigger_off: TriggerOff) -> None:
        with trigger_off("accounts_roleassignment", "roles_exclude_each_other"):
            assert self.given() == ["held", "bureau", "operator"]
