"""Whom an account may act for: the person it is proved to be, and close relatives whose kinship is proved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from core import clock
from core.actors import Actor
from demo.plan_years import create_demo_plan_years
from people.models import Kinship, Person
from people.selectors import Capacity, acted_for, capacity_for
from tests.accounts.people import resident
from tests.people.answers import LI, ZHAO, asked
from tests.people.proofs import proved_kin, stands_for
from work.lifecycle import transition

pytestmark = pytest.mark.django_db

MOTHER = replace(LI, psn_no="41120000000000000000001002", name="王桂英", id_number="411202194309023286")


class Street:
    """Li, her mother, and Zhao from next door."""

    def __init__(self) -> None:
        self.year, _next_year = create_demo_plan_years()
        self.account = resident("13900001001", "李秀兰")
        self.li = stands_for(self.account, asked("2026-11-20"))
        self.mother, self.zhao = asked("2026-11-20", MOTHER), asked("2026-11-20", ZHAO)

    def may(self) -> dict[str, Capacity | None]:
        return {person.name: capacity_for(self.account.pk, person.pk) for person in (self.li, self.mother, self.zhao)}


@pytest.fixture
def street() -> Street:
    return Street()


def test_for_herself_and_for_nobody_else_before_kinship_is_proved(street: Street) -> None:
    assert street.may() == {"李秀兰": Capacity.SELF, "王桂英": None, "赵国强": None}


def test_for_her_mother_once_it_is_proved_and_no_longer_when_she_takes_it_back(street: Street) -> None:
    kinship = proved_kin(street.li, street.mother, "parent", street.year)
    assert street.may()["王桂英"] is Capacity.KIN
    with transaction.atomic():
        transition(kinship, "withdrawn", actor=Actor.system("test"), now=clock.now())
    assert street.may()["王桂英"] is None


def test_a_friend_is_no_relative_whatever_is_proved(street: Street) -> None:
    proved_kin(street.li, street.zhao, "other", street.year)
    assert street.may()["赵国强"] is None


def test_rows_are_chosen_by_the_same_rule_and_it_costs_one_question(
    street: Street, django_assert_num_queries: Any
) -> None:
    proved_kin(street.li, street.mother, "parent", street.year)
    proved_kin(street.zhao, street.mother, "other", street.year)
    rows = Kinship.objects.filter(acted_for(street.account.actor(), "relative"))
    assert [row.payer.name for row in rows.order_by("pk")] == ["李秀兰", "赵国强"]
    with django_assert_num_queries(1):
        assert capacity_for(street.account.pk, street.mother.pk) is Capacity.KIN


def test_nobody_signed_in_acts_for_nobody(street: Street) -> None:
    assert capacity_for(None, street.li.pk) is None
    assert capacity_for(street.account.pk, Person.objects.latest("pk").pk + 1_000) is None
