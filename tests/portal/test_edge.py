"""Callers that trickle, flood and lie, on real sockets against the web process as it is run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from accounts.models import User
from launch.edge_server import nginx_binary
from tests.accounts.people import resident, signed_in
from tests.portal.edge_servers import FILES, Site, answer_to, nginx_before, post, pours, web_process
from tests.servers import Lease

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def alone(lease: Lease, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The web process as it answers by itself."""
    folder = tmp_path_factory.mktemp("edge")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {"DATABASE_URL": lease.app_url(), "REDIS_URL": lease.redis_url, "VAR_DIR": str(folder)}
    with web_process(environment | {"EDGE_SILENCE_SECONDS": "3", "TRUSTED_PROXY_COUNT": "1"}, folder) as running:
        yield running


@pytest.fixture(scope="module")
def behind_nginx(alone: Site) -> Iterator[Site]:
    if nginx_binary() is None:
        pytest.skip("no nginx here: the edge was tried without it only (apt-get install nginx-light)")
    with nginx_before(alone) as running:
        yield running


@pytest.fixture(params=["alone", "behind_nginx"])
def site(request: pytest.FixtureRequest) -> Site:
    """Every attack is tried on both."""
    return request.getfixturevalue(request.param)


def session_of(user: User) -> str:
    return f"csrftoken={'a' * 32}; sessionid={signed_in(user).cookies['sessionid'].value}"


def test_forty_forms_that_never_end_stop_nobody(site: Site) -> None:
    """Two threads serve all pages here; each of these would hold one."""
    callers = [site.slow_form() for _ in range(40)]
    assert site.get("/").status == 200
    assert len(callers) == 40


def test_without_the_edge_two_such_forms_stop_a_site_of_two_threads(
    transactional_db: None, process_env: Callable[[], dict[str, str]], tmp_path: Path
) -> None:
    """The control: Django under granian directly, as it was."""
    threads = ["--interface", "wsgi", "--blocking-threads", "2", "portal.wsgi:application"]
    with web_process(process_env() | {"VAR_DIR": str(tmp_path)}, tmp_path, threads) as bare:
        assert bare.get("/").status == 200
        callers = [bare.slow_form() for _ in range(2)]
        time.sleep(1)  # until both have their thread
        with pytest.raises(TimeoutError):
            bare.get("/", patience=3)
        for caller in callers:
            caller.close()
        assert bare.get("/").status == 200


def test_a_hundred_callers_who_never_finish_their_head_stop_nobody(site: Site) -> None:
    callers = [site.begins("GET / HTTP/1.1\nHost: 127.0.0.1\nX-Slow: ") for _ in range(100)]
    assert site.get("/").status == 200
    assert len(callers) == 100


def test_a_form_that_falls_silent_is_told_so_and_let_go(site: Site) -> None:
    answer = answer_to(site.slow_form())
    # nginx hangs up without a word.
    assert answer == "" if site.has_nginx else answer.startswith("HTTP/1.1 408")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/account/sign-in/", "413"),
        ("/nowhere/", "404"),
        ("/claims/CL-2026-0000001/papers/", "302"),
        ("/admin/claims/claim/", "302"),
    ],
)
def test_300_megabytes_from_a_stranger_are_answered_before_they_are_read(site: Site, path: str, status: str) -> None:
    caller = site.begins(post(path, length=300 * MEGABYTE, kind=FILES))
    taken = pours(caller, 300 * MEGABYTE)
    # nginx throws away what goes on coming after its answer; it keeps none of it.
    assert site.has_nginx or taken < 20 * MEGABYTE
    assert not any(path.is_file() for path in (site.folder / "nginx" / "client_body").rglob("*"))
    # nginx knows what a page may weigh and asks nobody.
    status = "413" if site.has_nginx else status
    assert answer_to(caller).startswith(f"HTTP/1.1 {status}")


def test_300_megabytes_from_a_resident_for_a_claim_that_is_not_hers_are_not_read(site: Site) -> None:
    cookie = session_of(resident())
    head = post("/claims/CL-2026-0000001/papers/", length=50 * MEGABYTE, cookie=cookie, kind=FILES)
    caller = site.begins(head)
    assert pours(caller, 50 * MEGABYTE) < 20 * MEGABYTE
    assert answer_to(caller).startswith("HTTP/1.1 404")


def test_a_body_without_a_length_is_read_to_the_limit_only(site: Site) -> None:
    caller = site.begins(post("/account/sign-in/", length=None))
    piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    sent = 0
    try:
        while sent < 300 * MEGABYTE:
            caller.sendall(piece)
            sent += 65536
    except (BrokenPipeError, ConnectionResetError):
        pass
    assert site.has_nginx or sent < 30 * MEGABYTE
    assert site.get("/").status == 200


def test_a_form_in_pieces_without_a_length_arrives_whole(site: Site) -> None:
    body = b"lang=en&next=/&csrfmiddlewaretoken=" + b"a" * 32
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    head = post("/preferences/", length=None).replace("HTTP/1.1\n", "HTTP/1.1\nConnection: close\n", 1)
    assert answer_to(site.begins(head, chunked)).startswith("HTTP/1.1 302")


def test_the_refusal_is_the_sites_own_page_with_its_own_headers(alone: Site) -> None:
    caller = alone.begins(post("/account/sign-in/", length=300 * MEGABYTE))
    answer = answer_to(caller)
    assert "一次发来的内容超过了 2 MB" in answer
    assert "frame-ancestors 'none'" in answer


def test_a_header_that_imitates_the_proxys_is_dropped(site: Site) -> None:
    """With an underscore it would be read under the same name as the proxy's own."""
    answer = site.get("/", X_Forwarded_For="1.2.3.4")
    assert answer.status == 200
    caller = site.begins("GET /healthz HTTP/1.1\nHost: 127.0.0.1\nConnection: close\nContent_Length: 99999999\n\n")
    assert answer_to(caller).startswith("HTTP/1.1 200")


def test_a_caller_who_hangs_up_half_way_leaves_nothing(site: Site) -> None:
    for _ in range(20):
        site.slow_form().close()
    assert site.get("/").status == 200
    assert list((site.folder / "incoming").iterdir()) == []


def test_a_large_file_is_sent_whole(alone: Site) -> None:
    """Larger than what is sent in one piece."""
    answer = alone.get("/static/rest_framework/css/bootstrap.min.css.map")
    assert answer.status == 200
    assert int(answer.headers["Content-Length"]) == len(answer.text.encode())


# nginx ---------------------------------------------------------------------------------------------------------------


def test_nginx_says_too_large_in_its_own_words_and_passes_the_portals_headers_on(behind_nginx: Site) -> None:
    caller = behind_nginx.begins(post("/account/sign-in/", length=300 * MEGABYTE))
    assert "一次发来的内容太多了" in answer_to(caller)
    page = behind_nginx.get("/")
    assert page.status == 200
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_nginx_serves_static_files_itself_and_lets_hashed_ones_be_kept_for_ever(behind_nginx: Site) -> None:
    style = behind_nginx.get("/static/app.0123456789ab.css", Accept_Encoding="gzip")
    assert style.status == 200
    assert "immutable" in style.headers["Cache-Control"]
    assert style.headers["Content-Encoding"] == "gzip"
    assert behind_nginx.get("/edge/413.html").status == 404


def test_one_address_may_hold_a_hundred_connections_and_no_more(alone: Site) -> None:
    with nginx_before(alone, connections_of_address=5) as strict:
        callers = [strict.slow_form() for _ in range(5)]
        # nginx counts a connection once it has read its head, which may be after we ask.
        refused = eventually(strict, 503)
        assert "现在人比较多" in refused.text
        callers.pop().close()
        eventually(strict, 200)


def eventually(site: Site, status: int) -> HTTPResponse:
    deadline = time.monotonic() + 20
    while (answer := site.get("/")).status != status:
        assert time.monotonic() < deadline
    return answer


def test_asking_for_codes_again_and_again_is_slowed_down_and_reading_the_page_is_not(alone: Site) -> None:
    with nginx_before(alone, sign_in_rate="1r/m") as strict:
        head = post("/account/sign-in/", length=7).replace("HTTP/1.1\n", "HTTP/1.1\nConnection: close\n", 1)
        answers = [answer_to(strict.begins(head, b"phone=1")).split(" ")[1] for _ in range(25)]
        assert answers[:21] == ["403"] * 21  # no CSRF token; the portal was asked
        assert answers[21:] == ["429"] * 4
        assert strict.get("/account/sign-in/").status == 200


def test_the_portal_hears_the_callers_address_from_nginx_and_not_from_the_caller(alone: Site) -> None:
    """What the caller writes in X-Forwarded-For is replaced."""
    with nginx_before(alone) as running:
        configuration = (alone.folder / "nginx" / "nginx.conf").read_text()
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in configuration
        assert running.get("/", X_Forwarded_For="1.2.3.4").status == 200
    assert "ip=1.2.3.4" not in (alone.folder / "web.log").read_text()
