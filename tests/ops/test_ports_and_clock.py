"""Ports that are taken, and the demo's clock outside the enrolment window."""

import contextlib
import socket
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from launch import demo_clock, ports, up
from launch.processes import CannotStart, web_address
from launch.terminal import Terminal

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def server(port: int, *options: int) -> socket.socket:
    """Listens as somebody else's server would; options: SO_REUSEADDR, SO_REUSEPORT."""
    listening = socket.socket()
    for option in options:
        listening.setsockopt(socket.SOL_SOCKET, option, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


@pytest.mark.parametrize("options", [[], [socket.SO_REUSEADDR], [socket.SO_REUSEPORT]])
def test_a_port_that_something_serves_is_refused(options: list[int]) -> None:
    """With SO_REUSEPORT two servers can share a port, each with half of the visitors; granian sets it."""
    taken = ports.any_free()
    with server(taken, *options):
        with pytest.raises(ports.PortTaken):
            ports.claim(taken)
        with contextlib.closing(ports.claim_from(taken).held) as next_one:
            assert next_one.getsockname()[1] > taken


def test_of_two_starts_that_find_the_same_port_free_one_gets_it() -> None:
    port = ports.any_free()
    first = ports.claim(port)
    with pytest.raises(ports.PortTaken):
        ports.claim(port)
    first.share()
    with pytest.raises(ports.PortTaken):
        ports.claim(port)
    first.release()
    ports.claim(port).release()


@pytest.mark.parametrize("options", [[], [socket.SO_REUSEADDR], [socket.SO_REUSEPORT]])
def test_nobody_else_can_serve_a_claimed_port(options: list[int]) -> None:
    claim = ports.claim(ports.any_free())
    with contextlib.closing(claim.held):
        with pytest.raises(OSError, match="in use"):
            server(claim.port, *options)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", claim.port))


def test_a_shared_claim_lets_the_own_server_in_and_gets_none_of_its_visitors() -> None:
    claim = ports.claim(ports.any_free())
    claim.share()
    with contextlib.closing(claim.held), server(claim.port, socket.SO_REUSEPORT) as own:
        own.settimeout(5)
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", claim.port)):
                own.accept()[0].close()
        with pytest.raises(OSError, match="in use"):
            server(claim.port, socket.SO_REUSEADDR)


def test_connections_of_an_earlier_run_that_are_still_closing_do_not_count() -> None:
    port = ports.any_free()
    with server(port, socket.SO_REUSEADDR) as earlier, socket.create_connection(("127.0.0.1", port)):
        earlier.accept()[0].close()  # whoever closes first keeps the port in TIME_WAIT
    with pytest.raises(OSError, match="in use"):
        server(port)
    ports.claim(port).release()


def test_a_port_promised_to_a_service_that_is_not_up_yet_is_passed_over() -> None:
    free = ports.any_free()
    claim = ports.claim_from(free, taken={free})
    claim.release()
    assert claim.port > free


def test_without_port_the_portal_takes_the_next_free_one_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = ports.any_free()
    monkeypatch.setattr(up, "WEB_PORT", wanted)
    with contextlib.closing(up.claim_web_port("127.0.0.1", None, Terminal()).held) as first:
        assert first.getsockname()[1] == wanted
        assert capsys.readouterr().out == ""
        with contextlib.closing(up.claim_web_port("127.0.0.1", None, Terminal()).held) as second:
            other = second.getsockname()[1]
    assert other > wanted
    assert capsys.readouterr().out == f"Port {wanted} is taken by something else; this portal uses {other}.\n"


def test_with_port_the_portal_refuses_a_taken_one() -> None:
    claim = ports.claim(ports.any_free())
    with contextlib.closing(claim.held), pytest.raises(CannotStart, match=f"port {claim.port} is taken"):
        up.claim_web_port("127.0.0.1", claim.port, Terminal())


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104  (compared, not bound)
        ("::1", "http://[::1]:8000"),
        ("10.0.0.7", "http://10.0.0.7:8000"),
    ],
)
def test_the_address_that_is_printed_leads_there(host: str, address: str) -> None:
    assert web_address(host, 8000) == address


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
