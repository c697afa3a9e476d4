"""Ports that are taken, and the demo's clock outside the enrolment window."""

import socket
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.services import demo_clock, ports

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        taken = somebody.getsockname()[1]
        assert not ports.is_free(taken)
        assert ports.next_free(taken) > taken


def test_a_port_promised_to_a_service_that_is_not_up_yet_is_passed_over() -> None:
    free = ports.any_free()
    assert ports.next_free(free, taken={free}) > free


@pytest.mark.parametrize("moment", ["2026-10-01T00:00:00", "2026-11-20T10:00:00", "2026-12-31T23:59:59"])
def test_inside_the_window_the_clock_is_real(moment: str) -> None:
    assert demo_clock.shift_into_window(at(moment)) == ""


@pytest.mark.parametrize("moment", ["2026-09-30T23:59:59", "2027-01-01T00:00:00", "2027-06-15T12:00:00"])
def test_outside_the_window_the_clock_shows_the_november_before(moment: str) -> None:
    now = at(moment)
    shown = demo_clock.shifted_moment(now, demo_clock.shift_into_window(now)).astimezone(SHANGHAI)
    assert (shown.year, shown.month, shown.day, shown.hour) == (now.year - 1, 11, 20, 10)


def test_the_second_start_goes_on_where_the_first_one_was(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    first = demo_clock.remembered_shift(file, at("2027-06-15T12:00:00"))
    again = demo_clock.remembered_shift(file, at("2027-06-20T12:00:00"))
    assert again == first, "time must not run backwards for data that is kept"


def test_a_shift_that_has_left_the_window_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    first = demo_clock.remembered_shift(file, at("2027-06-15T12:00:00"))
    later = demo_clock.remembered_shift(file, at("2027-09-15T12:00:00"))
    assert later != first
    assert demo_clock.in_window(demo_clock.shifted_moment(at("2027-09-15T12:00:00"), later))
