"""One clock, Shanghai days, and the official working-day calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import Settings

from core import clock, workdays


def test_a_shanghai_day_begins_at_sixteen_hundred_utc() -> None:
    assert clock.midnight(date(2026, 10, 1)) == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert clock.civil_date(datetime(2026, 9, 30, 15, 59, 59, tzinfo=UTC)) == date(2026, 9, 30)
    assert clock.civil_date(datetime(2026, 9, 30, 16, 0, 0, tzinfo=UTC)) == date(2026, 10, 1)


@pytest.mark.parametrize(("setting", "shift"), [("+49d", timedelta(days=49)), ("-2h", -timedelta(hours=2))])
def test_the_demonstration_clock_is_shifted_and_says_so(settings: Settings, setting: str, shift: timedelta) -> None:
    settings.PORTAL_CLOCK = setting
    assert clock.shifted()
    assert abs(clock.now() - datetime.now(UTC) - shift) < timedelta(seconds=5)


def test_the_clock_can_be_set_to_an_instant(settings: Settings) -> None:
    settings.PORTAL_CLOCK = "2026-11-22T09:00:00"
    assert clock.today() == date(2026, 11, 22)


def test_ten_working_days_skip_weekends_and_the_national_holiday() -> None:
    # 28 Sep 2026 is a Monday; 1-7 October are holidays, Saturday 10 October is a make-up working day.
    assert workdays.add_workdays(date(2026, 9, 28), 3) == date(2026, 10, 8)


def test_a_year_not_yet_published_counts_mondays_to_fridays_and_says_so() -> None:
    assert workdays.is_published(2026)
    assert not workdays.is_published(2031)
    assert workdays.add_workdays(date(2031, 1, 3), 1) == date(2031, 1, 6)  # Friday -> Monday


def test_days_left_turn_negative_when_overdue() -> None:
    monday = date(2026, 11, 16)
    assert workdays.workdays_left(monday, date(2026, 11, 20)) == 4
    assert workdays.workdays_left(monday, monday) == 0
    assert workdays.workdays_left(date(2026, 11, 20), monday) == -4
