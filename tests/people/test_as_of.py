"""What terms ask of a person as of a day, with who said so; on the other side of a boundary it is otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import User
from demo.plan_years import create_demo_plan_years
from nhsa import Identity, Insurance
from parties.models import Scheme
from people.as_of import classes_on, in_waiting_period_on, insured_type_on, large_amount_cover_on
from people.errors import FactUnknown
from people.models import Ground, Residence
from tests.people.answers import LI, asked, day, insured, noon, poor

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme(db: None) -> Scheme:
    """Sanmenxia's of the demonstration: three months at first, two after a break of more than one."""
    return create_demo_plan_years()[1].scheme


def employed(**more: Any) -> Insurance:
    return insured(type="employee", category="1101", **more)


def subsidy(**more: Any) -> Insurance:
    return insured(type="large_amount", category="1101", **more)


# classes of assistance -----------------------------------------------------------------------------------------------


def test_a_class_counts_from_its_first_day_to_its_last() -> None:
    low = Identity("302", "低保", "", day("2026-02-01"), day("2026-06-01"))
    person = asked("2026-06-10", classes=(poor(since="2021-01-01"), low))
    found = [classes_on(person, day(on)).value for on in ("2026-01-31", "2026-02-01", "2026-05-31", "2026-06-01")]
    assert found == [{"特困"}, {"特困", "低保"}, {"特困", "低保"}, {"特困"}]


def test_it_says_who_said_so_and_when() -> None:
    found = classes_on(asked("2026-06-10", classes=(poor(),)), day("2026-03-01"))
    assert (found.source, found.said_on, found.day) == ("1101", day("2026-06-10"), day("2026-03-01"))


def test_none_is_known_and_not_asked_is_not() -> None:
    person = asked("2026-06-10")
    assert classes_on(person, day("2026-06-10")).require() == frozenset()
    for before_or_after in ("2026-06-09", "2026-06-11"):
        unknown = classes_on(person, day(before_or_after))
        assert (unknown.known, unknown.reason) == (False, "not_told")
        with pytest.raises(FactUnknown):
            unknown.require()


def test_a_code_without_a_word_leaves_all_of_it_unknown_and_is_named() -> None:
    strange = Identity("777", "", "", day("2021-01-01"), None)
    found = classes_on(asked("2026-06-10", classes=(poor(), strange)), day("2026-06-10"))
    assert (found.value, found.names) == (None, ("777",))
    with pytest.raises(FactUnknown, match="777"):
        found.require()


def test_a_code_that_is_no_class_of_assistance_counts_for_nothing() -> None:
    disabled = Identity("401", "", "1", day("2021-01-01"), None)
    assert classes_on(asked("2026-06-10", classes=(poor(), disabled)), day("2026-06-10")).value == {"特困"}


# which insurance -----------------------------------------------------------------------------------------------------


def test_employee_until_the_pause_and_resident_after_it(scheme: Scheme) -> None:
    person = asked("2026-06-10", LI, employed(status="paused", paused_on="2026-03-01"), insured(since="2026-03-01"))
    found = [insured_type_on(person, day(on), scheme=scheme).value for on in ("2026-02-28", "2026-03-01")]
    assert found == ["employee", "resident"]


def test_of_two_that_run_the_employees_one(scheme: Scheme) -> None:
    person = asked("2026-06-10", LI, insured(), employed())
    assert insured_type_on(person, day("2026-06-10"), scheme=scheme).value == "employee"


def test_paused_is_neither(scheme: Scheme) -> None:
    person = asked("2026-06-10", LI, employed(status="paused", paused_on="2026-03-01"))
    found = insured_type_on(person, day("2026-06-10"), scheme=scheme)
    assert (found.value, found.reason) == (None, "no_running_insurance")


def test_a_new_citizen_while_the_proof_of_living_here_holds(scheme: Scheme) -> None:
    person = asked("2026-06-10", replace(LI), employed(area="410100"))
    Residence.objects.create(
        person=person, scheme=scheme, ground=Ground.WORK, from_on=day("2026-02-01"), to_on=day("2026-05-01"),
        found="劳动合同", checked_by=User.objects.create_staff(username="wanglei", password="x", display_name="王"),
        at=noon("2026-02-03"),
    )  # fmt: skip
    days = ("2026-01-31", "2026-02-01", "2026-04-30", "2026-05-01")
    found = [insured_type_on(person, day(on), scheme=scheme) for on in days]
    assert [one.value for one in found] == [None, "new_citizen", "new_citizen", None]
    assert (found[0].reason, found[0].names) == ("insured_elsewhere", ("410100",))
    assert (found[1].source, found[1].said_on) == ("residence", day("2026-02-01"))


# large-amount subsidy ------------------------------------------------------------------------------------------------


def test_here_the_subsidy_is_an_insurance_of_its_own() -> None:
    person = asked("2026-06-10", LI, employed(), subsidy(status="paused", since="2026-01-01", paused_on="2026-04-01"))
    found = [large_amount_cover_on(person, day(on)).value for on in ("2025-12-31", "2026-01-01", "2026-04-01")]
    assert found == [False, True, False]


@pytest.mark.parametrize(
    ("area", "value", "why"), [("410100", True, "with_basic"), ("330100", None, "region_does_not_tell")]
)
def test_elsewhere_everybody_has_it_or_nobody_tells(area: str, value: bool | None, why: str) -> None:
    found = large_amount_cover_on(asked("2026-06-10", LI, employed(area=area)), day("2026-06-10"))
    assert (found.value, found.reason) == (value, why)


def test_a_resident_has_none() -> None:
    assert large_amount_cover_on(asked("2026-06-10"), day("2026-06-10")).value is False


# the waiting period --------------------------------------------------------------------------------------------------


def waits(scheme: Scheme, person: Any, *days: str) -> list[bool | None]:
    return [in_waiting_period_on(person, day(on), scheme=scheme).value for on in days]


def test_three_months_after_she_was_insured_for_the_first_time(scheme: Scheme) -> None:
    person = asked("2026-06-10", LI, insured(since="2026-03-01"))
    assert waits(scheme, person, "2026-02-28", "2026-03-01", "2026-05-31", "2026-06-01") == [None, True, True, False]
    told = in_waiting_period_on(person, day("2026-05-31"), scheme=scheme)
    assert (told.source, told.said_on, told.rule) == ("1101", day("2026-06-10"), "示例医保〔2019〕9号（等待期）")
    assert (told.reason, told.names) == ("first_insured", ("2026-03-01",))


def test_whoever_is_insured_since_her_youth_does_not_wait(scheme: Scheme) -> None:
    assert waits(scheme, asked("2026-06-10", LI, insured(since="1992-07-01")), "2026-06-10") == [False]


def test_two_months_after_a_pause_whose_end_the_platform_dates(scheme: Scheme) -> None:
    asked("2026-04-10", LI, insured("paused", paused_on="2026-03-01"))
    person = asked("2026-09-10", LI, insured(since="2026-05-01"))
    assert waits(scheme, person, "2026-04-30", "2026-05-01", "2026-06-30", "2026-07-01") == [None, True, True, False]


def test_unknown_where_the_platform_does_not_say_from_when_it_runs_again(scheme: Scheme) -> None:
    asked("2026-04-10", LI, insured("paused", paused_on="2026-03-01"))
    asked("2026-06-10", LI, insured())
    person = asked("2026-09-10", LI, insured())
    found = in_waiting_period_on(person, day("2026-07-01"), scheme=scheme)
    assert (found.value, found.reason) == (None, "begin_not_told")
    assert waits(scheme, person, "2026-08-09", "2026-08-10") == [None, False]


def test_from_employee_to_resident_without_a_day_between(scheme: Scheme) -> None:
    person = asked("2026-06-10", LI, employed(status="paused", paused_on="2026-03-01"), insured(since="2026-03-01"))
    assert waits(scheme, person, "2026-03-01", "2026-06-10") == [False, False]


def test_and_with_a_long_one(scheme: Scheme) -> None:
    person = asked("2026-06-10", LI, employed(status="paused", paused_on="2026-01-01"), insured(since="2026-03-01"))
    assert waits(scheme, person, "2026-03-01", "2026-04-30", "2026-05-01") == [True, True, False]


def test_whoever_is_insured_elsewhere_waits_by_a_rule_that_is_not_here(scheme: Scheme) -> None:
    person = asked("2026-06-10", LI, employed(area="410100", since="2026-05-01"))
    found = in_waiting_period_on(person, day("2026-06-10"), scheme=scheme)
    assert (found.value, found.reason) == (None, "no_rule")


def test_a_scheme_whose_rules_nobody_entered(scheme: Scheme) -> None:
    person = asked("2026-06-10", LI, insured(since="2019-12-31"))
    assert waits(scheme, person, "2020-06-10") == [None]
    assert waits(scheme, person, "2021-12-31") == [False]


def test_every_reason_is_a_sentence(scheme: Scheme) -> None:
    for found in (
        classes_on(asked("2026-06-10"), day("2026-06-11")),
        in_waiting_period_on(asked("2026-06-10", LI, insured(since="2026-05-01")), day("2026-06-10"), scheme=scheme),
    ):
        assert found.words.endswith(("。", "."))
