"""Who waits for the basic insurance to pay: three months at first, two after a break of more than one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from people.waiting import Cover, in_waiting, months_after


@dataclass(frozen=True)
class Rule:
    from_on: date = date(2020, 1, 1)
    months_at_first: int = 3
    months_after_break: int = 2
    break_months: int = 1


def day(text: str) -> date:
    return date.fromisoformat(text)


def cover(begins: str, ends: str = "", *, or_from: str = "", or_until: str = "") -> Cover:
    """or_from: it may have begun then already; or_until: it may have run until then."""
    ended = day(ends) if ends else None
    return Cover(day(or_from or begins), day(begins), ended, day(or_until) if or_until else ended)


def waits(on: str, *covers: Cover, rules: tuple[Rule, ...] = (Rule(),)) -> bool | None:
    return in_waiting(covers, rules, day(on)).waits


@pytest.mark.parametrize(
    ("begins", "months", "until"),
    [
        ("2026-01-15", 3, "2026-04-15"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-12-01", 0, "2026-12-01"),
        ("2026-12-31", 12, "2027-12-31"),
    ],
)
def test_the_same_day_of_a_later_month_or_its_last(begins: str, months: int, until: str) -> None:
    assert months_after(day(begins), months) == day(until)


@pytest.mark.parametrize(
    ("on", "answer"), [("2026-01-15", True), ("2026-04-14", True), ("2026-04-15", False), ("2026-12-31", False)]
)
def test_at_first_three_months(on: str, answer: bool) -> None:
    assert waits(on, cover("2026-01-15")) is answer


def test_and_the_answer_says_since_when_and_until_when() -> None:
    told = in_waiting([cover("2026-01-15")], [Rule()], day("2026-02-01"))
    assert (told.why, told.since, told.until) == ("first_insured", day("2026-01-15"), day("2026-04-15"))


@pytest.mark.parametrize(
    ("came_back", "on", "answer"),
    [
        ("2026-07-01", "2026-07-01", False),  # a month exactly is no longer than a month
        ("2026-07-02", "2026-07-02", True),
        ("2026-07-02", "2026-09-01", True),
        ("2026-07-02", "2026-09-02", False),
    ],
)
def test_after_a_break_of_more_than_a_month_two(came_back: str, on: str, answer: bool) -> None:
    assert waits(on, cover("2010-01-01", "2026-06-01"), cover(came_back)) is answer


def test_a_short_break_does_not_end_the_first_waiting() -> None:
    short = (cover("2026-01-15", "2026-02-01"), cover("2026-02-20"))
    assert [waits(on, *short) for on in ("2026-04-14", "2026-04-15")] == [True, False]


def test_whoever_was_insured_otherwise_in_between_has_no_break() -> None:
    """An employee who became a resident on the day after, and an overlap."""
    both = (cover("2010-01-01", "2026-06-01"), cover("2026-05-15"))
    assert waits("2026-06-02", *both) is False
    assert waits("2026-06-02", cover("2010-01-01", "2026-06-01"), cover("2026-06-01")) is False


def test_the_rule_is_that_of_the_day_on_which_she_was_insured() -> None:
    rules = (Rule(), Rule(from_on=day("2026-02-01"), months_at_first=6))
    assert [waits("2026-05-01", cover(begins), rules=rules) for begins in ("2026-01-31", "2026-02-01")] == [False, True]


def test_without_a_rule_it_is_unknown_unless_nobody_waits_so_long() -> None:
    told = in_waiting([cover("2026-01-15")], [], day("2026-02-01"))
    assert (told.waits, told.why) == (None, "no_rule")
    assert [waits(on, cover("2024-01-15"), rules=()) for on in ("2026-01-14", "2026-01-15")] == [None, False]


def test_a_day_that_is_not_told_may_not_matter() -> None:
    """Running again since some day between 10 April and 10 June; the break began on 1 March."""
    again = (cover("2010-01-01", "2026-03-01"), cover("2026-06-10", or_from="2026-04-10"))
    assert [waits(on, *again) for on in ("2026-06-10", "2026-08-09", "2026-08-10")] == [None, None, False]
    in_june = (cover("2010-01-01", "2026-03-01"), cover("2026-06-10", or_from="2026-06-05"))
    assert [waits(on, *in_june) for on in ("2026-08-04", "2026-08-05", "2026-08-10")] == [True, None, False]


def test_nor_may_a_day_on_which_it_ended() -> None:
    ended = cover("2010-01-01", "2026-03-01", or_until="2026-06-01")
    assert [waits(on, ended, cover("2026-06-15")) for on in ("2026-07-01", "2026-08-15")] == [None, False]


def test_since_nobody_knows_when() -> None:
    unknown = Cover(date.min, day("2026-06-10"))
    assert [waits(on, unknown) for on in ("2026-06-10", "2026-09-09", "2026-09-10")] == [None, None, False]
