"""The official working-day calendar of mainland China: holidays and make-up working days.

The table ships with the `chinesecalendar` package, year by year as the State Council publishes it. For a
year that is not published yet, Monday to Friday count as working days and `is_published` is False, so that
a page can say that the date may still move.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar


def is_published(year: int) -> bool:
    """Whether the official calendar of that year is in the table."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def is_workday(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_workdays(start: date, count: int) -> date:
    """The count-th working day after `start` (start itself does not count). count >= 0."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day)
    return day


def workdays_left(today: date, due: date) -> int:
    """Working days after today up to and including the due day; negative when overdue."""
    if due < today:
        return -workdays_left(due, today)
    return sum(is_workday(today + timedelta(days=n)) for n in range(1, (due - today).days + 1))
