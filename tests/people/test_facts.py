"""A person keeps her row while number, name, insurance and class change; what was so on a day stays known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.errors import FactUnknown
from people.facts import facts_on
from people.models import Person, PersonDocument, PersonInsurance
from people.selectors import document_of_before, people_with_number
from tests.people.answers import LI, ZHAO, asked, day, insured, poor

pytestmark = pytest.mark.django_db

NEW_NUMBER = "411202196803154272"


def numbers(person: Person, on: str) -> list[str]:
    return [document.number for document in facts_on(person, day(on)).documents]


def insurance(person: Person, on: str) -> str:
    """ "active", "paused" …; "unknown"; "none"."""
    try:
        found = facts_on(person, day(on)).insurances
    except FactUnknown:
        return "unknown"
    return " and ".join(sorted(f"{one.status}" for one in found)) or "none"


def classes(person: Person, on: str) -> list[str] | str:
    try:
        return [one.name for one in facts_on(person, day(on)).classes]
    except FactUnknown:
        return "unknown"


# documents -----------------------------------------------------------------------------------------------------------


def test_police_correct_her_number_and_she_stays_who_she_is() -> None:
    before = asked("2026-01-10")
    li = asked("2026-06-10", replace(LI, id_number=NEW_NUMBER))
    assert (li.pk, li.id_number) == (before.pk, NEW_NUMBER)
    assert numbers(li, "2026-06-09") == [LI.id_number]
    assert numbers(li, "2026-06-10") == [NEW_NUMBER]


def test_the_old_number_and_the_new_one_find_her() -> None:
    li = asked("2026-01-10")
    asked("2026-06-10", replace(LI, id_number=NEW_NUMBER))
    for number in (LI.id_number, NEW_NUMBER):
        assert list(people_with_number(f" {number[:6]}-{number[6:]}")) == [li]
    assert document_of_before(LI.id_number).person == li
    assert document_of_before(NEW_NUMBER) is None


def test_a_changed_name_keeps_the_name_of_before() -> None:
    asked("2026-01-10")
    li = asked("2026-06-10", replace(LI, name="李雪兰"))
    assert [(one.name, one.from_on, one.to_on) for one in li.documents.all()] == [
        ("李秀兰", day("2026-01-10"), day("2026-06-10")),
        ("李雪兰", day("2026-06-10"), None),
    ]
    assert Person.objects.get().name == "李雪兰"


def test_a_document_of_another_kind_stands_beside_the_first() -> None:
    asked("2026-01-10", replace(LI, id_type="passport", id_number="E12345678"))
    li = asked("2026-06-10")
    assert sorted(numbers(li, "2026-06-10")) == sorted(["E12345678", LI.id_number])
    assert Person.objects.get().id_number == LI.id_number


def test_a_number_that_was_given_to_somebody_else_finds_him_and_is_no_longer_hers() -> None:
    li = asked("2026-01-10")
    zhao = asked("2026-06-10", replace(ZHAO, id_number=LI.id_number))
    assert numbers(zhao, "2026-06-10") == [LI.id_number]
    assert set(people_with_number(LI.id_number)) == {li, zhao}
    assert document_of_before(LI.id_number) is None
    live = PersonDocument.objects.get(closed_at=None)
    assert live.person == zhao
    li = asked("2026-06-11", replace(LI, id_number=NEW_NUMBER))
    assert (numbers(li, "2026-06-09"), numbers(li, "2026-06-11")) == ([LI.id_number], [NEW_NUMBER])


def test_corrected_twice_on_one_day_leaves_one_number_for_that_day() -> None:
    asked("2026-06-10")
    li = asked("2026-06-10", replace(LI, id_number=NEW_NUMBER))
    assert numbers(li, "2026-06-10") == [NEW_NUMBER]
    assert document_of_before(LI.id_number).person == li


# insurance -----------------------------------------------------------------------------------------------------------


def test_it_runs_since_the_day_that_the_platform_names() -> None:
    li = asked("2026-06-10", LI, insured(since="2016-01-01"))
    assert [insurance(li, on) for on in ("2015-12-31", "2016-01-01", "2026-06-10", "2026-06-11")] == [
        "unknown", "active", "active", "unknown",
    ]  # fmt: skip


def test_a_pause_learnt_later_begins_on_its_own_day() -> None:
    asked("2026-01-10", LI, insured())
    li = asked("2026-06-10", LI, insured("paused", paused_on="2026-03-01"))
    assert [insurance(li, on) for on in ("2026-02-28", "2026-03-01", "2026-06-10")] == ["active", "paused", "paused"]
    assert li.insurances.count() == 2
    assert not li.has_personal_account


def test_a_first_answer_that_names_a_pause_tells_what_was_before_it() -> None:
    li = asked("2026-06-10", LI, insured("paused", paused_on="2026-03-01"))
    assert [insurance(li, on) for on in ("2015-12-31", "2026-02-28", "2026-03-01")] == ["unknown", "active", "paused"]


def test_running_again_without_a_day_leaves_unknown_what_nobody_knows() -> None:
    asked("2026-01-10", LI, insured())
    asked("2026-04-10", LI, insured("paused", paused_on="2026-03-01"))
    li = asked("2026-06-10", LI, insured())
    days = ("2026-02-28", "2026-03-01", "2026-04-10", "2026-04-11", "2026-06-09", "2026-06-10")
    assert [insurance(li, on) for on in days] == ["active", "paused", "paused", "unknown", "unknown", "active"]


def test_running_again_since_a_day_leaves_nothing_unknown() -> None:
    asked("2026-04-10", LI, insured("paused", paused_on="2026-03-01"))
    li = asked("2026-06-10", LI, insured(since="2026-05-01"))
    assert [insurance(li, on) for on in ("2026-04-30", "2026-05-01")] == ["paused", "active"]


def test_a_pause_that_began_earlier_than_was_said_is_corrected_and_nothing_is_overwritten() -> None:
    asked("2026-04-10", LI, insured("paused", paused_on="2026-03-01"))
    li = asked("2026-06-10", LI, insured("paused", paused_on="2026-02-01"))
    assert [insurance(li, on) for on in ("2026-01-31", "2026-02-01", "2026-03-01")] == ["active", "paused", "paused"]
    withdrawn = PersonInsurance.objects.get(withdrawn=True)
    assert (withdrawn.from_on, withdrawn.to_on, withdrawn.paused_on) == (day("2026-03-01"), None, day("2026-03-01"))


def test_whoever_moves_is_insured_elsewhere_since_then() -> None:
    asked("2026-01-10", LI, insured())
    there = insured(area="410100", since="2026-05-01", type="employee")
    li = asked("2026-06-10", LI, insured("ended", paused_on="2026-05-01"), there)
    found = facts_on(li, day("2026-06-10")).insurances
    assert {(one.area, one.status) for one in found} == {("411200", "ended"), ("410100", "active")}
    assert (li.insurance_area, li.insurance_type, li.has_personal_account) == ("410100", "employee", True)


def test_an_insurance_that_is_not_named_any_more_ended_at_an_unknown_day() -> None:
    asked("2026-01-10", LI, insured(), insured(type="large_amount"))
    li = asked("2026-06-10", LI, insured())
    days = ("2026-01-10", "2026-01-11", "2026-06-09", "2026-06-10")
    assert [insurance(li, on) for on in days] == ["active and active", "unknown", "unknown", "active"]


# classes of assistance -----------------------------------------------------------------------------------------------


def test_a_class_holds_from_its_first_day_to_its_last() -> None:
    li = asked("2026-06-10", classes=(poor(since="2026-02-01", until="2026-06-01"),))
    days = ("2026-01-31", "2026-02-01", "2026-05-31", "2026-06-01", "2026-06-10")
    assert [classes(li, on) for on in days] == ["unknown", ["特困"], ["特困"], "unknown", []]


def test_none_is_an_answer_from_the_first_one_on_and_no_answer_before() -> None:
    li = asked("2026-01-10")
    li = asked("2026-06-10")
    assert [classes(li, on) for on in ("2026-01-09", "2026-01-10", "2026-06-10", "2026-06-11")] == [
        "unknown", [], [], "unknown",
    ]  # fmt: skip


def test_a_class_that_vanished_is_unknown_between_the_two_answers() -> None:
    asked("2026-01-10", classes=(poor(),))
    asked("2026-03-10", classes=(poor(),))
    li = asked("2026-06-10")
    days = ("2026-03-10", "2026-03-11", "2026-06-09", "2026-06-10")
    assert [classes(li, on) for on in days] == [["特困"], "unknown", "unknown", []]


def test_an_end_that_becomes_known_leaves_nothing_unknown() -> None:
    asked("2026-01-10", classes=(poor(),))
    li = asked("2026-06-10", classes=(poor(until="2026-05-01"),))
    assert [classes(li, on) for on in ("2026-04-30", "2026-05-01", "2026-06-10")] == [["特困"], [], []]
    assert li.classes.count() == 1


def test_a_class_prolonged_and_a_class_cut_short() -> None:
    asked("2026-01-10", classes=(poor(until="2027-01-01"),))
    li = asked("2026-02-10", classes=(poor(until="2028-01-01"),))
    assert [row.to_on for row in li.classes.filter(withdrawn=False)] == [day("2028-01-01")]
    li = asked("2026-06-10")
    assert [classes(li, on) for on in ("2026-02-10", "2026-02-11", "2026-06-10")] == [["特困"], "unknown", []]
    assert {row.to_on for row in li.classes.all()} == {day("2026-02-11"), day("2027-01-01"), day("2028-01-01")}


def test_a_class_renewed_each_year_is_a_class_all_along() -> None:
    asked("2026-06-10", classes=(poor(since="2026-01-01", until="2027-01-01"),))
    li = asked("2027-02-10", classes=(poor(since="2027-01-01", until="2028-01-01"),))
    assert [classes(li, on) for on in ("2026-12-31", "2027-01-01", "2027-02-10")] == [["特困"]] * 3


# asked again ---------------------------------------------------------------------------------------------------------


def test_the_same_answer_costs_one_question_and_one_update() -> None:
    asked("2026-01-10", classes=(poor(),))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        li = asked("2026-06-10", classes=(poor(),))
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "UPDATE"]
    li.refresh_from_db()
    assert str(li.checked_at.date()) == "2026-06-10"


def test_a_new_person_and_all_that_is_said_of_her_are_one_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        asked("2026-01-10")
    words = [query["sql"].split()[0] for query in queries]
    assert [word for word in words if word not in ("SAVEPOINT", "RELEASE")] == ["SELECT", "WITH"]


def test_the_balance_of_an_account_is_no_fact() -> None:
    asked("2026-01-10", LI, insured(balance_fen=1))
    li = asked("2026-06-10", LI, insured(balance_fen=2))
    assert li.insurances.count() == 1


def test_going_forth_and_back_ends_where_it_began() -> None:
    """Whatever comes in between, the last answer is what holds on its day."""
    steps: list[dict[str, Any]] = [
        {"status": "active"},
        {"status": "paused", "paused_on": "2026-02-01"},
        {"status": "active"},
        {"status": "ended"},
        {"status": "active", "since": "2026-05-01"},
        {"status": "paused", "since": "2026-05-01", "paused_on": "2026-06-05"},
        {"status": "active"},
    ]
    for month, step in enumerate(steps, start=1):
        on = f"2026-{month:02d}-10"
        li = asked(on, LI, insured(**step))
        assert insurance(li, on) == step["status"]
        assert li.insurances.filter(closed_at=None, to_on=None).count() == 1
