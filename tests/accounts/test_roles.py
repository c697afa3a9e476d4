"""Roles deny by default, are given by somebody else, and end at once."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actions import grant_role, revoke_role
from accounts.models import RoleAssignment, User
from accounts.roles import NARROWED_IN, ROLES, STAFF_ROLES, Role, permissions_of
from core import clock
from core.actors import Actor
from core.errors import Conflict, DomainError, NotAllowed
from tests.accounts.people import give, resident, signed_in, staff
from work.audit import acting, changes_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def wu() -> User:
    """吴刚 of accounts and security."""
    return staff("anquan", "security")


@pytest.fixture
def zhou() -> User:
    return staff("zhoumin", "claims_reviewer")


class TestDeniedByDefault:
    def test_staff_without_a_role_may_nothing_but_give_their_second_factor(self):
        assert staff("xinren").permissions == {"accounts.second_factor"}

    def test_an_unknown_role_gives_nothing(self):
        assert permissions_of(["emperor"]) == frozenset()

    def test_residents_hold_their_own_role_and_no_other(self):
        assert resident().permissions == ROLES[Role.RESIDENT]

    def test_a_blocked_person_holds_nothing(self):
        li = resident()
        li.is_active = False
        assert li.permissions == frozenset()

    def test_nobody_is_above_the_table(self, wu: User):
        assert not wu.is_superuser
        assert not wu.has_perm("claims.view_claim")

    @pytest.mark.parametrize("role", sorted(STAFF_ROLES))
    def test_no_staff_role_may_act_as_a_resident(self, role: str):
        assert not ROLES[role] & ROLES[Role.RESIDENT]

    def test_who_proposes_cannot_approve_by_the_same_role(self):
        assert not [role for role in ROLES if {"claims.review", "claims.approve"} <= ROLES[role]]

    def test_who_grants_roles_handles_neither_claims_nor_money(self):
        security = ROLES[Role.SECURITY]
        assert not {p for p in security if p.startswith(("claims.", "payments.", "ledger.", "identity."))}

    def test_an_auditor_looks_and_does_nothing(self):
        acts = {one for one in ROLES[Role.AUDITOR] if not one.partition(".")[2].startswith(("view_", "read"))}
        assert acts == set()

    def test_each_role_says_in_what_it_is_narrowed(self):
        assert set(NARROWED_IN) == STAFF_ROLES


class TestGiving:
    def test_wu_makes_liu_an_operator_at_once(self, wu: User):
        liu = staff("liufang")
        given = grant_role(user=liu, role="operator", actor=wu.actor(), now=clock.now())
        assert given.is_live
        assert "enrollment.operate" in User.objects.get(pk=liu.pk).permissions

    def test_zhou_may_not(self, zhou: User):
        with pytest.raises(NotAllowed) as caught:
            grant_role(user=staff("xinren"), role="operator", actor=zhou.actor(), now=clock.now())
        assert caught.value.code == "not_allowed"

    def test_whoever_is_no_officer_gives_none_past_the_action(self, zhou: User):
        with pytest.raises(IntegrityError, match="officers_give_roles"), transaction.atomic():
            RoleAssignment.objects.create(
                user=staff("xinren"), role="operator", granted_by=zhou, granted_at=clock.now()
            )

    def test_nobody_grants_herself_a_role(self, wu: User):
        with pytest.raises(NotAllowed) as caught:
            grant_role(user=wu, role="claims_approver", actor=wu.actor(), now=clock.now())
        assert caught.value.code == "own_role"

    def test_not_even_past_the_action(self, wu: User):
        with pytest.raises(IntegrityError, match="nobody_grants_herself_a_role"), transaction.atomic():
            RoleAssignment.objects.create(user=wu, role="employer_clerk", granted_by=wu, granted_at=clock.now())

    def test_a_resident_gets_none(self, wu: User):
        with pytest.raises(DomainError) as caught:
            grant_role(user=resident(), role="finance", actor=wu.actor(), now=clock.now())
        assert caught.value.code == "role_is_for_staff"

    @pytest.mark.parametrize("role", ["resident", "emperor", ""])
    def test_only_the_roles_of_staff(self, wu: User, zhou: User, role: str):
        with pytest.raises(DomainError) as caught:
            grant_role(user=zhou, role=role, actor=wu.actor(), now=clock.now())
        assert caught.value.code == "unknown_role"

    def test_not_twice(self, wu: User, zhou: User):
        with pytest.raises(Conflict) as caught:
            grant_role(user=zhou, role="claims_reviewer", actor=wu.actor(), now=clock.now())
        assert caught.value.code == "role_already_held"


class TestRevoking:
    def test_it_takes_effect_with_the_next_request(self, wu: User):
        he = staff("wangdian", "operator")
        client = signed_in(he)
        page = reverse("accounts:reveal", args=["accounts.user", resident().pk, "phone"])
        assert client.get(page).status_code == 200
        revoke_role(
            assignment=he.role_assignments.get(), actor=wu.actor(), now=clock.now(), reason="moved to another desk"
        )
        assert client.get(page).status_code == 403

    def test_blocking_the_account_ends_the_session_itself(self, wu: User, zhou: User):
        client = signed_in(zhou)
        User.objects.filter(pk=zhou.pk).update(is_active=False)
        assert client.get(reverse("admin:index")).url.startswith("/admin/login/")

    def test_nobody_revokes_her_own(self, wu: User):
        with pytest.raises(NotAllowed):
            revoke_role(assignment=wu.role_assignments.get(), actor=wu.actor(), now=clock.now())

    def test_once(self, wu: User, zhou: User):
        role = zhou.role_assignments.get()
        revoke_role(assignment=role, actor=wu.actor(), now=clock.now())
        with pytest.raises(Conflict):
            revoke_role(assignment=role, actor=wu.actor(), now=clock.now())

    def test_a_role_taken_back_can_be_given_again(self, wu: User, zhou: User):
        revoke_role(assignment=zhou.role_assignments.get(), actor=wu.actor(), now=clock.now())
        give(zhou, "claims_reviewer")
        assert zhou.role_assignments.count() == 2

    def test_what_becomes_of_it_is_told_by_rows_that_nobody_can_alter(self, wu: User, zhou: User):
        role = zhou.role_assignments.get()
        with acting(wu.label):
            revoke_role(assignment=role, actor=wu.actor(), now=clock.now(), reason="moved to another desk")
        assert [change.operation for change in changes_of(role)] == ["I"]  # the moves are told by their events
        last = role.events.last()
        assert (last.name, last.reason, last.actor_label) == (
            "role.taken_back",
            "moved to another desk",
            "staff:anquan",
        )


@pytest.mark.parametrize("permissions", [(), ("accounts.grant_role",)])
def test_a_part_of_the_system_gives_none(permissions: tuple[str, ...]):
    with pytest.raises(NotAllowed):
        grant_role(user=staff("xinren"), role="operator", actor=Actor.system("sweeper", *permissions), now=clock.now())
