"""A role that moves money, or gives roles, is proposed by one access officer and confirmed by another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actions import confirm_role, decline_role, grant_role, revoke_role
from accounts.models import RoleAssignment, RoleScope, User
from accounts.roles import MONEY_ROLES, OFFICER_ROLES, TWO_OFFICER_ROLES
from accounts.selectors import roles_to_confirm
from accounts.shown import role_version
from core import clock
from core.actors import Actor
from core.errors import Conflict, DomainError, IllegalTransition, NotAllowed
from parties.models import Scheme
from tests.accounts.people import give, staff
from tests.guards.rows import Rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def wu() -> Actor:
    return staff("wugang", "security").actor()


@pytest.fixture
def zhao() -> Actor:
    return staff("zhaomin", "security").actor()


@pytest.fixture
def chen() -> User:
    return staff("chenkuaiji")


@contextmanager
def checked_now() -> Iterator[None]:
    """What is looked at when a transaction ends is looked at when this block ends."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def propose(user: User, role: str, actor: Actor, **more: Any) -> RoleAssignment:
    return grant_role(user=user, role=role, actor=actor, now=clock.now(), **more)


def confirm(proposed: RoleAssignment, actor: Actor) -> RoleAssignment:
    return confirm_role(assignment=proposed, seen=role_version(proposed), actor=actor, now=clock.now())


def permissions(user: User) -> frozenset[str]:
    return User.objects.get(pk=user.pk).permissions


def test_which_roles_these_are() -> None:
    money = {"claims_reviewer", "claims_approver", "finance"}
    assert (money, {"security"}) == (MONEY_ROLES, OFFICER_ROLES)
    assert money | {"security"} == TWO_OFFICER_ROLES


@pytest.mark.parametrize("role", sorted(TWO_OFFICER_ROLES))
def test_wu_proposes_and_zhao_confirms(wu: Actor, zhao: Actor, chen: User, role: str) -> None:
    proposed = propose(chen, role, wu)
    assert permissions(chen) == {"accounts.second_factor"}, "proposed is not held"
    confirmed = confirm(proposed, zhao)
    assert (confirmed.granted_by_id, confirmed.confirmed_by_id) == (wu.user_id, zhao.user_id)
    assert role in [held for held, _within in User.objects.get(pk=chen.pk).held_roles]


def test_wu_does_not_confirm_what_she_proposed(wu: Actor, chen: User) -> None:
    proposed = propose(chen, "finance", wu)
    with pytest.raises(NotAllowed) as refused:
        confirm(proposed, wu)
    assert refused.value.code == "second_officer"


def test_nobody_confirms_her_own(wu: Actor, zhao: Actor) -> None:
    """Zhao, an officer already, is to hold it otherwise: she has no word in it."""
    third = staff("qianli", "security")
    proposed = propose(third, "bureau", wu)
    assert proposed.is_live, "the bureau's role moves no money"
    revoke_role(assignment=proposed, actor=zhao, now=clock.now())
    revoke_role(assignment=RoleAssignment.objects.get(user=third, state="LIVE"), actor=zhao, now=clock.now())
    again = propose(third, "security", wu)
    with pytest.raises(NotAllowed) as refused:
        confirm(again, Actor.holding(third.pk, "staff:qianli", "accounts.grant_role"))
    assert refused.value.code == "own_role"


def test_it_is_confirmed_as_it_was_seen(wu: Actor, zhao: Actor, chen: User) -> None:
    proposed = propose(chen, "finance", wu)
    seen = role_version(proposed)
    give(chen, "operator")
    with pytest.raises(Conflict) as refused:
        confirm_role(assignment=proposed, seen=seen, actor=zhao, now=clock.now())
    assert refused.value.code == "changed_meanwhile"


@pytest.mark.parametrize("who", ["wu", "zhao"])
def test_either_declines_and_then_it_is_decided(wu: Actor, zhao: Actor, chen: User, who: str) -> None:
    proposed = propose(chen, "finance", wu)
    declined = decline_role(
        assignment=proposed, reason="she left", actor={"wu": wu, "zhao": zhao}[who], now=clock.now()
    )
    assert declined.state == "DECLINED"
    with pytest.raises(IllegalTransition):
        confirm(declined, zhao)
    assert permissions(chen) == {"accounts.second_factor"}


def test_nobody_declines_her_own(wu: Actor, chen: User) -> None:
    proposed = propose(chen, "finance", wu)
    hers = Actor.holding(chen.pk, "staff:chen", "accounts.grant_role")
    with pytest.raises(NotAllowed):
        decline_role(assignment=proposed, actor=hers, now=clock.now())


def test_it_waits_for_every_officer_but_the_one_who_proposed(wu: Actor, zhao: Actor, chen: User) -> None:
    proposed = propose(chen, "finance", wu)
    assert list(roles_to_confirm(zhao)) == [proposed]
    hers = Actor.holding(chen.pk, "staff:chen", "accounts.grant_role")
    for nobody in (wu, hers, staff("zhoumin", "operator").actor()):
        assert not roles_to_confirm(nobody).exists()


def test_taking_back_takes_one(wu: Actor, chen: User) -> None:
    revoke_role(assignment=give(chen, "finance"), actor=wu, now=clock.now())
    assert permissions(chen) == {"accounts.second_factor"}


def test_a_proposal_is_no_role_to_take_back(wu: Actor, chen: User) -> None:
    with pytest.raises(Conflict):
        revoke_role(assignment=propose(chen, "finance", wu), actor=wu, now=clock.now())


class TestNarrowedOtherwise:
    def test_takes_two_as_well_and_the_old_one_counts_until_then(
        self, wu: Actor, zhao: Actor, chen: User, scheme: Scheme
    ) -> None:
        held = give(chen, "finance", within={"scheme": [scheme.pk]})
        wider = propose(chen, "finance", wu, replaces=held)
        assert dict(User.objects.get(pk=chen.pk).held_roles)["finance"] == {"scheme": {scheme.pk}}
        confirm(wider, zhao)
        assert dict(User.objects.get(pk=chen.pk).held_roles)["finance"] == {}
        held.refresh_from_db()
        assert (held.state, held.events.last().reason) == ("ENDED", "replaced")

    def test_only_what_she_holds_is_replaced(self, wu: Actor, chen: User) -> None:
        others = give(staff("malina"), "operator")
        with pytest.raises(Conflict) as refused:
            propose(chen, "finance", wu, replaces=others)
        assert refused.value.code == "nothing_to_replace"

    def test_no_scope_is_added_later(self, chen: User, scheme: Scheme) -> None:
        held = give(chen, "finance")
        with pytest.raises(IntegrityError, match="role_is_held_as_written"), checked_now():
            RoleScope.objects.create(assignment=held, scheme=scheme)


class TestPastTheActions:
    """Whoever writes the rows herself is refused by the database."""

    def test_a_role_for_two_is_not_held_without_the_second(self, wu: Actor, chen: User) -> None:
        proposed = propose(chen, "finance", wu)
        with pytest.raises(IntegrityError, match="roles_that_move_money_need_two"), transaction.atomic():
            RoleAssignment.objects.filter(pk=proposed.pk).update(state="LIVE")

    def test_nor_with_the_first_twice(self, wu: Actor, chen: User) -> None:
        proposed = propose(chen, "finance", wu)
        with pytest.raises(IntegrityError, match="two_officers_are_two"), transaction.atomic():
            RoleAssignment.objects.filter(pk=proposed.pk).update(state="LIVE", confirmed_by_id=wu.user_id)

    def test_nor_with_somebody_who_is_no_officer(self, wu: Actor, chen: User) -> None:
        proposed, zhou = propose(chen, "finance", wu), staff("zhoumin", "operator")
        with pytest.raises(IntegrityError, match="officers_give_roles"), transaction.atomic():
            RoleAssignment.objects.filter(pk=proposed.pk).update(state="LIVE", confirmed_by_id=zhou.pk)

    def test_nor_is_the_second_changed_afterwards(self, chen: User, zhao: Actor) -> None:
        held = give(chen, "finance")
        with pytest.raises(IntegrityError, match="it was decided"), transaction.atomic():
            RoleAssignment.objects.filter(pk=held.pk).update(confirmed_by_id=zhao.user_id)

    def test_what_was_proposed_stays_as_it_was(self, rows: Rows) -> None:
        table = "accounts_roleassignment"
        rows.without_checks(table)
        rows.with_triggers(table, "role_is_as_proposed")
        key = rows.put(table, role="operator", within="")
        for change in ({"role": "finance"}, {"within": "scheme=smx"}, {"user_id": 99}, {"granted_by_id": 99}):
            with pytest.raises(psycopg.errors.RaiseException, match="Cannot update rows"):
                rows.change(table, key, **change)

    def test_a_line_without_its_rows_is_no_scope(self, wu: Actor, chen: User) -> None:
        with pytest.raises(IntegrityError, match="role_is_held_as_written"), checked_now():
            RoleAssignment.objects.create(
                user=chen, role="operator", within="area=4112", granted_by_id=wu.user_id, granted_at=clock.now()
            )


def test_an_unknown_code_a_role_that_is_not_narrowed_so_and_too_many(wu: Actor, chen: User) -> None:
    for role, within, code, field in (
        ("finance", {"scheme": ["nowhere"]}, "scope_unknown", "scheme"),
        ("finance", {"area": ["411202"]}, "scope_unfit", "area"),
        ("operator", {"area": ["41120x"]}, "scope_unknown", "area"),
        ("operator", {"area": [f"{number:06d}" for number in range(200)]}, "scope_too_long", None),
    ):
        with pytest.raises(DomainError) as refused:
            propose(chen, role, wu, within=within)
        assert (refused.value.code, refused.value.field) == (code, field)


def test_not_even_past_the_action_is_a_role_narrowed_in_what_it_does_not_know(chen: User) -> None:
    held = give(chen, "finance")
    with pytest.raises(IntegrityError, match="role_is_narrowed_so"), transaction.atomic():
        RoleScope.objects.create(assignment=held, area="411202")
