"""Whom one may enrol, and ages that cannot be (Sanmenxia 五(一))."""

from __future__ import annotations

from datetime import date

import pytest

from core.errors import DomainError
from nhsa import RELATIONS
from people.relations import CLOSE_RELATIONS, RELATIVE_RELATIONS, Relation, age_on, check_ages, is_close, parse_relation

TODAY = date(2026, 11, 20)
LI_BORN, MOTHER_BORN = date(1968, 3, 15), date(1943, 9, 2)


def ages(relation: Relation, insured_born: date, payer_born: date = LI_BORN) -> list[str]:
    return check_ages(relation=relation, payer_born=payer_born, insured_born=insured_born, today=TODAY)


def test_the_list_is_the_laws_and_the_platforms() -> None:
    assert {relation.value for relation in CLOSE_RELATIONS} == set(RELATIONS)
    assert Relation.OTHER in RELATIVE_RELATIONS
    assert not is_close(Relation.OTHER)


@pytest.mark.parametrize("text", ["", "self", "cousin", "PARENT", "parent; DROP TABLE"])
def test_anything_outside_the_list_is_refused(text: str) -> None:
    with pytest.raises(DomainError) as refusal:
        parse_relation(text)
    assert (refusal.value.code, refusal.value.field) == ("relation_unknown", "relation")


def test_lis_mother_is_older_than_li() -> None:
    assert ages(Relation.PARENT, MOTHER_BORN) == []


@pytest.mark.parametrize(
    ("relation", "born"),
    [
        (Relation.PARENT, LI_BORN),
        (Relation.PARENT, date(1968, 3, 16)),
        (Relation.GRANDPARENT, date(1990, 1, 1)),
        (Relation.CHILD, date(1968, 3, 14)),
        (Relation.GRANDCHILD, date(1940, 1, 1)),
    ],
)
def test_a_mother_younger_than_her_child_is_impossible(relation: Relation, born: date) -> None:
    with pytest.raises(DomainError) as refusal:
        ages(relation, born)
    assert refusal.value.code == "relation_impossible"


@pytest.mark.parametrize(
    ("relation", "born", "odd"),
    [
        (Relation.PARENT, date(1954, 3, 15), []),  # fourteen years to the day
        (Relation.PARENT, date(1954, 3, 16), ["ages_close"]),
        (Relation.GRANDPARENT, date(1940, 3, 16), ["ages_close"]),
        (Relation.SPOUSE, date(2006, 11, 20), []),  # twenty today
        (Relation.SPOUSE, date(2006, 11, 21), ["spouse_young"]),
        (Relation.SIBLING, date(2008, 3, 15), []),
        (Relation.SIBLING, date(2009, 3, 15), ["sibling_gap"]),
        (Relation.OTHER, date(2020, 1, 1), []),
    ],
)
def test_odd_ages_are_asked_about_once_more_and_not_refused(relation: Relation, born: date, odd: list[str]) -> None:
    assert ages(relation, born) == odd


def test_a_birthday_on_29_february_comes_on_1_march() -> None:
    assert age_on(date(2012, 2, 29), date(2026, 2, 28)) == 13
    assert age_on(date(2012, 2, 29), date(2026, 3, 1)) == 14
