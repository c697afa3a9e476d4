"""Whose a contract is: the policyholder's, a person or an organisation, whoever's hands made the order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actors import Actor
from core.errors import Conflict
from demo.plan_years import create_demo_plan_years
from enrollment import selectors
from enrollment.lifecycle import PolicyState
from enrollment.models import Policy, PolicyEvent, Policyholder
from parties.models import Organisation
from people.relations import Relation
from products.models import Way
from tests.claims.people import Family
from tests.enrollment.helpers import Town
from tests.people.helpers import LI, MOTHER
from work.lifecycle import transition_all

pytestmark = pytest.mark.django_db


def factory() -> Policyholder:
    works = Organisation.objects.create(code="91411200MA00000001", name_zh="三门峡示例机械厂", from_on=clock.today())
    return Policyholder.objects.create(organisation=works, created_at=clock.now())


def test_li_holds_her_own_policy_and_her_mothers(town: Town) -> None:
    li = town.resident(LI)
    policies = town.enrol(li, li.person, town.add(li, MOTHER, Relation.PARENT).relative)
    assert {policy.policyholder for policy in policies} == {li.person.policyholder}
    assert {policy.way for policy in policies} == {Way.RESIDENT}
    assert policies[0].order_line.order.placed_by == li.user


def test_a_factorys_policy_is_the_insureds_too_and_nobody_elses() -> None:
    family = Family()
    li, zhao = family.people["李秀兰"], family.zhao
    policy = Policy.objects.create(
        number="HM-2027-0900001", plan_year=create_demo_plan_years()[1], insured=li, policyholder=factory(),
        way=Way.EMPLOYER, premium_fen=10_000, cover_from=clock.today(), cover_to=clock.today().replace(year=2028),
        created_at=clock.now(),
    )  # fmt: skip
    with transaction.atomic():
        transition_all([policy], PolicyState.ISSUED, actor=Actor.system("test"), now=clock.now())
    assert policy.number in [found.number for found in selectors.policies_of(family.li.actor())]
    assert selectors.policies_of(zhao.actor()) == []
    assert selectors.relation_to(family.li.actor(), policy) == Relation.SELF
    assert str(policy.policyholder) == "三门峡示例机械厂"


@pytest.mark.parametrize(
    ("way", "days"),
    [(Way.SPONSOR, 0), (Way.RESIDENT, -400), (Way.RESIDENT, 400)],
    ids=["not opened", "before its window", "after it"],
)
def test_no_policy_comes_by_a_way_that_is_not_open_at_that_time(way: Way, days: int) -> None:
    """enrollment_policy.policy_comes_by_an_open_way"""
    li, year = Family().people["李秀兰"], create_demo_plan_years()[1]
    ordered = Policy(
        number="HM-2027-0900002", plan_year=year, insured=li, policyholder=factory(), way=way, premium_fen=10_000,
        cover_from=year.cover_from, cover_to=year.cover_to, created_at=year.opens_at + timedelta(days=days),
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="no policy comes by way of"), transaction.atomic():
        ordered.save()
    ordered.way, ordered.created_at = Way.EMPLOYER, year.opens_at
    ordered.save()


@pytest.mark.parametrize("both", [True, False])
def test_a_policyholder_is_one_of_the_two(both: bool) -> None:
    works = Organisation.objects.create(code="91411200MA00000002", name_zh="三门峡示例学校", from_on=clock.today())
    person = Family().people["李秀兰"] if both else None
    with pytest.raises(IntegrityError, match="policyholder_is_one_of_two"), transaction.atomic():
        Policyholder.objects.create(person=person, organisation=works if both else None, created_at=clock.now())


def reserved(family: Family, how_many: int) -> list[Policy]:
    holder = Policyholder.objects.get_or_create(person=family.people["李秀兰"], defaults={"created_at": clock.now()})[0]
    year = create_demo_plan_years()[1]
    people = list(family.people.values())[:how_many]
    return Policy.objects.bulk_create(
        Policy(
            number=f"HM-2027-09{person.pk:05d}", plan_year=year, insured=person, policyholder=holder,
            premium_fen=10_000, cover_from=year.cover_from, cover_to=year.cover_to, created_at=clock.now(),
        )
        for person in people
    )  # fmt: skip


def test_many_policies_are_issued_in_one_statement_with_their_events() -> None:
    policies = reserved(Family(), 3)
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        transition_all(policies, PolicyState.ISSUED, actor=Actor.system("payments"), now=clock.now())
    statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    assert [sql.split()[0] for sql in statements] == ["WITH"]
    assert {policy.state for policy in Policy.objects.filter(pk__in=[p.pk for p in policies])} == {"issued"}
    assert PolicyEvent.objects.filter(name="policy.issued", actor_label="system:payments").count() == 3


def test_if_somebody_was_first_with_one_of_them_none_is_moved() -> None:
    policies = reserved(Family(), 3)
    Policy.objects.filter(pk=policies[1].pk).update(state="released")
    with pytest.raises(Conflict) as refused, transaction.atomic():
        transition_all(policies, PolicyState.ISSUED, actor=Actor.system("payments"), now=clock.now())
    assert refused.value.code == "changed_meanwhile"
    assert not Policy.objects.filter(pk__in=[p.pk for p in policies], state="issued").exists()
