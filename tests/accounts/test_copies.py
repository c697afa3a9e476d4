"""Copies of residents' sessions and accounts save statements, and whoever is blocked or signed out is so at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import end_sessions, revoke_role, set_active
from accounts.models import RoleAssignment, Session, User
from core import clock
from core.actors import Actor
from tests.accounts.people import resident, signed_in, staff, texted_code
from work import beside

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "accounts:my_data"
LI = "13900001001"


@pytest.fixture(autouse=True)
def kept(settings) -> Iterator[None]:
    settings.KEPT_BESIDE = True
    beside._redis.cache_clear()
    yield
    beside._redis().flushdb()
    beside._redis.cache_clear()


def who_is_asked(client: Client, page: str = PAGE) -> tuple[int, int]:
    """The page's status, and how many of its statements ask who is signed in."""
    with CaptureQueriesContext(connection) as asked:
        status = client.get(reverse(page)).status_code
    about = ('FROM "accounts_session"', 'FROM "accounts_user"')
    return status, sum(any(text in query["sql"] for text in about) for query in asked)


@pytest.fixture
def li() -> User:
    return resident(LI, "李秀兰")


@pytest.fixture
def browser(li: User) -> Client:
    """Li's, signed in and after a page: her session and her account have copies."""
    client = Client()
    client.post(reverse("accounts:sign_in"), {"phone": LI})
    client.post(reverse("accounts:code"), {"code": texted_code(LI)})
    client.post(reverse("accounts:notice"), {"answer": "agree"})
    assert client.get(reverse(PAGE)).status_code == 200
    return client


def test_from_the_second_page_on_nobody_asks_the_database_who_she_is(browser: Client) -> None:
    assert who_is_asked(browser) == (200, 0)


def test_nothing_readable_of_her_lies_in_redis(browser: Client) -> None:
    store = beside._redis()
    kept = b"".join(store.get(key) or b"" for key in store.keys("portal:beside:*"))
    assert kept
    assert LI.encode() not in kept and "李秀兰".encode() not in kept


def test_a_blocked_account_is_out_with_the_next_click(li: User, browser: Client) -> None:
    set_active(user=li, active=False, actor=Actor.system("test", "accounts.manage_staff"))
    assert who_is_asked(browser)[0] == 302


def test_blocked_by_any_update_of_the_table(li: User, browser: Client) -> None:
    User.objects.filter(pk=li.pk).update(is_active=False)
    assert who_is_asked(browser)[0] == 302


def test_signed_out_everywhere_is_everywhere_at_once(li: User, browser: Client) -> None:
    end_sessions(user=li, now=clock.now())
    assert who_is_asked(browser)[0] == 302


def test_what_somebody_read_just_before_the_block_is_not_kept_after_it(li: User, browser: Client) -> None:
    """The reader is slow: she has read the row, then it is blocked, then she keeps what she read."""
    from accounts.session_store import _accounts

    beside._redis().flushdb()
    assert _accounts.get(li.pk) is None
    read = User.objects.get(pk=li.pk)
    with transaction.atomic():
        User.objects.filter(pk=li.pk).update(is_active=False)
    _accounts.keep(li.pk, read)
    assert who_is_asked(browser)[0] == 302


def test_control_a_change_that_closes_no_copy_counts_a_minute_later(li: User, browser: Client) -> None:
    User._base_manager.filter(pk=li.pk).update(is_active=False)
    assert who_is_asked(browser)[0] == 200
    assert beside._redis().ttl(f"portal:beside:account:{li.pk}") <= 60


def test_signing_out_ends_the_session_and_its_copy(browser: Client) -> None:
    cookie = browser.cookies["sessionid"].value
    browser.post(reverse("accounts:sign_out"))
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert who_is_asked(thief)[0] == 302


def test_the_key_from_before_signing_in_opens_nothing_afterwards(client: Client) -> None:
    client.post(reverse("accounts:sign_in"), {"phone": LI})
    before = client.cookies["sessionid"].value
    client.get(reverse("accounts:code"))
    client.post(reverse("accounts:code"), {"code": texted_code(LI)})
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()
    thief = Client()
    thief.cookies["sessionid"] = before
    assert who_is_asked(thief)[0] == 302
    assert who_is_asked(client)[0] == 302 and client.get(reverse(PAGE)).url == reverse("accounts:notice")


def test_of_staff_there_is_no_copy_and_a_revoked_role_has_gone_with_the_next_click() -> None:
    zhou = staff("zhoumin", "claims_reviewer")
    client = signed_in(zhou)
    assert client.get(reverse("admin:index")).status_code == 200
    assert not beside._redis().keys("portal:beside:account:*")
    assert not beside._redis().keys("portal:beside:session:*") or who_is_asked(client, "admin:index")[1] > 0
    revoke_role(
        assignment=RoleAssignment.objects.get(user=zhou),
        actor=Actor.system("test", "accounts.grant_role"),
        now=clock.now(),
    )
    assert client.get(reverse("claims:index")).status_code == 403


def test_with_redis_away_she_reads_on(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise redis.ConnectionError

    for what in ("get", "set", "eval"):
        monkeypatch.setattr(redis.Redis, what, away)
    assert who_is_asked(browser) == (200, 1)
    beside._silent_until = 0.0
