"""Relatives: the relation, the consent that the age asks for, and ages that deserve a second look."""

from __future__ import annotations

import pytest

from core.errors import DomainError
from people.models import Kinship, Person
from people.models.person import ConsentKind
from people.relations import Relation
from tests.enrollment.helpers import Town
from tests.people.helpers import DAUGHTER, GRANDCHILD, HUSBAND, LI, MOTHER, ZHAO, Resident


@pytest.fixture
def li(town: Town) -> Resident:
    return town.resident(LI)


def code_of(town: Town, li: Resident, *args: object, **kwargs: object) -> str:
    before = Kinship.objects.count()
    with pytest.raises(DomainError) as caught:
        town.add(li, *args, **kwargs)  # type: ignore[arg-type]  # handed through
    assert Kinship.objects.count() == before
    return caught.value.code


def test_her_mother_agrees_and_the_agreement_is_on_record(town: Town, li: Resident) -> None:
    """Insurance Law Art. 31."""
    kinship = town.add(li, MOTHER, Relation.PARENT)
    assert kinship.consent_kind == ConsentKind.INSURED
    assert kinship.privacy_document.kind == "privacy"
    assert kinship.relative.masked_name == "王*英"


@pytest.mark.parametrize("consent", [None, ConsentKind.GUARDIAN])
def test_nobody_adds_an_adult_without_the_adults_own_consent(
    town: Town, li: Resident, consent: ConsentKind | None
) -> None:
    assert code_of(town, li, MOTHER, Relation.PARENT, consent=consent) == "consent_missing"


@pytest.mark.parametrize("consent", [None, ConsentKind.INSURED])
def test_a_child_of_eight_needs_the_guardian(town: Town, li: Resident, consent: ConsentKind | None) -> None:
    """PIPL Art. 31."""
    assert code_of(town, li, GRANDCHILD, Relation.GRANDCHILD, consent=consent) == "consent_missing"
    assert town.add(li, GRANDCHILD, Relation.GRANDCHILD, consent=ConsentKind.GUARDIAN).is_close


def test_a_husband_named_as_a_son_is_impossible(town: Town, li: Resident) -> None:
    assert code_of(town, li, HUSBAND, Relation.CHILD) == "relation_impossible"


def test_a_sister_27_years_younger_passes_but_a_daughter_named_as_grandchild_is_looked_at_again(
    town: Town, li: Resident
) -> None:
    assert code_of(town, li, DAUGHTER, Relation.GRANDCHILD) == "relation_odd"
    assert town.add(li, DAUGHTER, Relation.GRANDCHILD, odd_confirmed=True).relation == Relation.GRANDCHILD


def test_a_relation_outside_the_list(town: Town, li: Resident) -> None:
    assert code_of(town, li, MOTHER, "cousin") == "relation_unknown"


def test_oneself_is_on_the_list_already(town: Town, li: Resident) -> None:
    assert code_of(town, li, LI, Relation.SIBLING) == "relative_is_self"


def test_nobody_is_on_the_list_twice(town: Town, li: Resident) -> None:
    town.add(li, MOTHER, Relation.PARENT)
    assert code_of(town, li, MOTHER, Relation.SPOUSE) == "relative_known"


def test_two_payers_share_one_person(town: Town, li: Resident) -> None:
    town.add(li, GRANDCHILD, Relation.GRANDCHILD, consent=ConsentKind.GUARDIAN)
    town.add(town.resident(DAUGHTER), GRANDCHILD, Relation.CHILD, consent=ConsentKind.GUARDIAN)
    assert Person.objects.count() == 3


def test_a_friend_can_be_added_as_somebody_else(town: Town, li: Resident) -> None:
    assert not town.add(li, ZHAO, Relation.OTHER).is_close
