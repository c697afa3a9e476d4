"""The household register is read by staff: two outcomes, a reason, on record; what the other person refused stands."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from core import clock, guards
from core.errors import DomainError, NotAllowed
from people.actions import answer_kinship, check_household
from people.models import HouseholdCheck, Kinship
from people.models.person import ConsentKind
from people.relations import Relation
from tests.accounts.people import signed_in, staff
from tests.enrollment.helpers import Town
from tests.people.helpers import GRANDCHILD, LI, ZHAO, Resident
from work import outbox

READ = "Household book, pages 2 and 5: brother and sister."


@pytest.fixture
def claimed(town: Town) -> Kinship:
    """Zhao says that Li is his sister."""
    return town.add(town.resident(ZHAO), LI, Relation.SIBLING)


def page_of(kinship: Kinship) -> str:
    return reverse("admin:people_kinship_change", args=[kinship.pk])


def hidden(page: str) -> dict[str, str]:
    """What a browser sends back of the page besides what was filled in."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def read(kinship: Kinship, *, shows_it: bool = True, found: str = READ, role: Role = Role.OPERATOR) -> HouseholdCheck:
    actor = staff("liufang", role).actor()
    return check_household(kinship=kinship, shows_it=shows_it, found=found, actor=actor, now=clock.now())


def test_the_operator_sees_both_masked_reads_the_book_and_confirms(town: Town, claimed: Kinship) -> None:
    operator = signed_in(staff("liufang", Role.OPERATOR))
    page = operator.get(page_of(claimed)).content.decode()
    for secret in (LI[0], LI[1], ZHAO[0], ZHAO[1]):
        assert secret not in page
    assert operator.post(page_of(claimed), {**hidden(page), "outcome": "yes", "found": READ}).status_code == 302
    claimed.refresh_from_db()
    assert (claimed.state, claimed.proof_kind, claimed.proved_by.username) == ("proved", "household", "liufang")
    check = HouseholdCheck.objects.get()
    assert (check.shows_it, check.found, check.checked_by) == (True, READ, claimed.proved_by)


def test_both_are_told_and_she_may_take_it_back(town: Town, claimed: Kinship) -> None:
    li = town.resident(LI)
    read(claimed)
    outbox.sweep()
    assert "李*兰" in town.sandbox.sms(ZHAO[2])[0]["text"]
    assert "赵*强" in town.sandbox.sms(LI[2])[0]["text"]
    assert not answer_kinship(kinship=claimed, agrees=False, actor=li.actor, now=clock.now()).is_proved


def test_papers_that_do_not_show_it_leave_a_claim_and_other_papers_may_come(town: Town, claimed: Kinship) -> None:
    read(claimed, shows_it=False, found="Another Li.")
    claimed.refresh_from_db()
    assert claimed.state == "claimed"
    actor = claimed.household_checks.get().checked_by.actor()
    check_household(kinship=claimed, shows_it=True, found=READ, actor=actor, now=clock.now())
    assert [check.shows_it for check in claimed.household_checks.all()] == [True, False]


def test_a_reason_is_needed(claimed: Kinship) -> None:
    operator = signed_in(staff("liufang", Role.OPERATOR))
    sent = hidden(operator.get(page_of(claimed)).content.decode())
    for form in ({"outcome": "yes", "found": " "}, {"outcome": "", "found": READ}):
        assert operator.post(page_of(claimed), {**sent, **form}).status_code == 200
    assert not HouseholdCheck.objects.exists()


@pytest.mark.parametrize("role", [Role.CLAIMS_REVIEWER, Role.FINANCE, Role.BUREAU, Role.SECURITY])
def test_no_other_role_confirms(claimed: Kinship, role: Role) -> None:
    with pytest.raises(NotAllowed):
        read(claimed, role=role)
    assert signed_in(staff("other", role)).post(page_of(claimed), {"outcome": "yes", "found": READ}).status_code == 403


def test_no_paper_overrules_her_no(town: Town, claimed: Kinship) -> None:
    answer_kinship(kinship=claimed, agrees=False, actor=town.resident(LI).actor, now=clock.now())
    with pytest.raises(DomainError) as caught:
        read(claimed)
    assert caught.value.code == "kinship_not_claimed"


def test_a_childs_guardian_shows_the_book(town: Town) -> None:
    zhao: Resident = town.resident(ZHAO)
    child = town.add(zhao, GRANDCHILD, Relation.CHILD, consent=ConsentKind.GUARDIAN)
    read(child)
    child.refresh_from_db()
    assert child.is_proved


def test_what_was_read_is_sealed_and_unchangeable(claimed: Kinship, app_connection) -> None:
    read(claimed)
    [(stored,)] = app_connection.execute("SELECT found FROM people_householdcheck").fetchall()
    assert READ.encode() not in stored
    with pytest.raises(Exception, match=r"permission denied|Cannot update"):
        app_connection.execute("UPDATE people_householdcheck SET shows_it = false")


def test_nobody_reads_the_register_of_her_own_family(town: Town, claimed: Kinship) -> None:
    """The operator is the very Li whom Zhao calls his sister; her number was recorded with her staff account."""
    li = staff("liufang", Role.OPERATOR)
    li.record_identity(LI[1])
    li.save(update_fields=["identity_digest"])
    with pytest.raises(NotAllowed) as refusal:
        check_household(kinship=claimed, shows_it=True, found=READ, actor=li.actor(), now=clock.now())
    assert refusal.value.code == "own_household"
    claimed.refresh_from_db()
    assert claimed.state == "claimed" and not HouseholdCheck.objects.exists()
    with guards.off("people.household_of_others"):
        check_household(kinship=claimed, shows_it=True, found=READ, actor=li.actor(), now=clock.now())
    assert HouseholdCheck.objects.get().checked_by == li
