"""Police corrected a number: by the old one and by the new one he is still who he was (E2)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.errors import DomainError
from core.identifiers import check_digit
from people.actions import check_person
from people.facts import facts_on
from people.models import Person, PersonCheck, PersonInsurance
from people.my_data import section
from people.relations import Relation
from tests.enrollment.helpers import Town
from tests.people.helpers import HUSBAND, LI, MOTHER, PAUSED, ZHAO, Resident, account

FIRST_17 = "41120219661120418"
CORRECTED = FIRST_17 + check_digit(FIRST_17)
HUSBAND_ANEW = (HUSBAND[0], CORRECTED, HUSBAND[2])


@pytest.fixture
def li(town: Town) -> Resident:
    return town.resident(LI)


def police_correct(town: Town, who: Person, number: str = CORRECTED) -> None:
    town.sandbox.put_person(psn_no=who.psn_no, certno=number)


def test_his_wife_adds_him_by_the_number_that_he_has_now(town: Town, li: Resident) -> None:
    husband = town.resident(HUSBAND)
    police_correct(town, husband.person)
    kinship = town.add(li, HUSBAND_ANEW, Relation.SPOUSE)
    assert kinship.relative == husband.person
    assert kinship.is_proved
    assert kinship.relative.documents.get(closed_at=None).number == CORRECTED
    assert [one.number for one in kinship.relative.documents.exclude(closed_at=None)] == [HUSBAND[1]]


def test_and_by_the_number_that_he_had_once_it_is_known_what_took_its_place(town: Town, li: Resident) -> None:
    husband = town.resident(HUSBAND)
    police_correct(town, husband.person)
    town.add(town.resident(ZHAO), HUSBAND_ANEW, Relation.OTHER)
    kinship = town.add(li, HUSBAND, Relation.SPOUSE)
    assert kinship.relative == husband.person
    assert kinship.is_proved


def test_he_himself_signs_in_and_is_told_that_he_is_known(town: Town) -> None:
    husband = town.resident(HUSBAND)
    police_correct(town, husband.person)
    with pytest.raises(DomainError) as refused:
        town.links(account("13900003333"), HUSBAND[0])
    assert refused.value.code == "person_linked_elsewhere"
    assert Person.objects.get(pk=husband.person.pk).id_number == CORRECTED


def test_an_old_number_with_another_name_finds_nobody(town: Town, li: Resident) -> None:
    police_correct(town, town.resident(HUSBAND).person)
    with pytest.raises(DomainError) as refused:
        town.add(li, ("张建民", HUSBAND[1], ""), Relation.OTHER)
    assert refused.value.code == "cannot_add"


def test_oneself_by_an_old_number_is_oneself(town: Town, li: Resident) -> None:
    first_17 = "41120219680315427"
    police_correct(town, li.person, first_17 + check_digit(first_17))
    with pytest.raises(DomainError) as refused:
        town.add(li, LI, Relation.SIBLING)
    assert refused.value.code == "relative_is_self"


def test_a_pause_of_somebody_known_is_kept_though_she_cannot_be_added(town: Town, li: Resident) -> None:
    mother = town.add(li, MOTHER, Relation.PARENT).relative
    zhao = town.resident(ZHAO)
    paused = {"type": "390", "psn_type": "1501", "status": "2", "since": "2016-09-01", "paused_on": "2026-11-01"}
    town.sandbox.put_person(psn_no=mother.psn_no, insurances=[{**paused, "area": "411200"}])
    with pytest.raises(DomainError):
        town.add(zhao, MOTHER, Relation.OTHER)
    assert [one.status for one in facts_on(mother_now(mother), clock.today()).insurances] == ["paused"]
    assert mother_now(mother).insurance_status == "paused"


def mother_now(mother: Person) -> Person:
    return Person.objects.get(pk=mother.pk)


def test_of_a_stranger_who_cannot_be_insured_nothing_is_kept(town: Town, li: Resident) -> None:
    with pytest.raises(DomainError):
        town.add(li, PAUSED, Relation.OTHER)
    assert Person.objects.count() == 1
    assert PersonInsurance.objects.exclude(person=li.person).count() == 0
    assert PersonCheck.objects.latest("at").outcome == "insurance_paused"


def test_her_data_has_every_fact_with_its_days(town: Town, li: Resident) -> None:
    data: Any = section(li.user.pk)["person"]
    [document], [insurance, subsidy] = data["documents"], data["insurances"]
    assert (document["number"], document["until"], document["source"]) == (LI[1], None, "1101")
    assert (insurance["type"], insurance["since"], insurance["from"]) == ("employee", "1992-07-01", "1992-07-01")
    assert (subsidy["type"], subsidy["since"]) == ("large_amount", "1992-07-01")
    assert data["classes_of_assistance"] == []


def test_asking_again_about_her_writes_that_it_was_asked_and_nothing_else(town: Town, li: Resident) -> None:
    with CaptureQueriesContext(connection) as queries:
        check_person(user=li.user, name=LI[0], id_number=LI[1], plan_year=town.plan_year, now=clock.now())
    taken, written = (query["sql"] for query in queries if query["sql"].lstrip().startswith("WITH"))
    assert set(re.findall("people_[a-z]+", taken)) == {"people_lookupturn", "people_personcheck"}
    told = re.findall(r'(INSERT INTO|UPDATE) "(people_[a-z]+)"', written)
    assert told == [
        ("INSERT INTO", "people_personcheck"), ("UPDATE", "people_lookupturn"), ("UPDATE", "people_person"),
    ]  # fmt: skip
    assert '"people_person" SET "checked_at" = ' in written
