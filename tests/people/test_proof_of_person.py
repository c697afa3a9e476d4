"""Whoever knows a name and an identity number is nobody by that. Zhao knows Li's and tries every way over HTTP."""

from __future__ import annotations

import re
import sys
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core import clock, guards
from core.errors import DomainError
from core.identifiers import check_digit
from people.actions import check_person, link_person, start_proof
from people.actions.link_person import PersonLinkedElsewhere
from people.models import Person, PersonProof
from tests.enrollment.helpers import Town
from tests.people.helpers import DAUGHTER, LI, NEW_CITIZEN, PAUSED, ZHAO, account, form_key

NOBODY = ("吴无名", "41120219700101001" + check_digit("41120219700101001"))


def begins(browser: Client, *, method: str = "voucher", **typed: str) -> str:
    """From the first page to the link that leads to the platform; returns where it leads."""
    address = reverse("people:link") + ("?by=face" if method == "face" else "")
    reply = browser.post(address, {"form_key": form_key(), "consent": "on", **typed})
    assert (reply.status_code, reply.url) == (302, reverse("people:proof")), reply.content.decode()
    return str(browser.get(reply.url).context["proof"].platform_url)


def comes_back(browser: Client, address: str) -> Any:
    parts = urlsplit(address)
    assert parts.path == reverse("people:proof_return")
    return browser.get(f"{parts.path}?{parts.query}")


def with_ticket(address: str, ticket: str) -> str:
    state = parse_qs(urlsplit(address).query)["state"][0]
    return f"{address.split('?', maxsplit=1)[0]}?{urlencode({'state': state, 'ticket': ticket})}"


def page_of(reply: Any) -> tuple[int, str]:
    """Status and page, without its own address and the tokens that differ between any two renderings."""
    text = re.sub(r'name="(csrfmiddlewaretoken|form_key|next)" value="[^"]+"', "", reply.content.decode())
    return reply.status_code, re.sub(r"/proof/[\w-]+", "/proof/…", text)


@pytest.fixture
def zhao(town: Town) -> Client:
    return town.browse(account(ZHAO[2]))


def stands_for_nobody(phone: str = ZHAO[2]) -> bool:
    return not Person.objects.filter(user=account(phone)).exists()


def test_li_confirms_on_the_platform_and_is_li(town: Town) -> None:
    li = town.browse(account(LI[2]))
    back = town.sandbox.confirm_person(begins(li), "李秀兰")
    reply = comes_back(li, back)
    assert (reply.status_code, reply.url) == (302, reverse("enrollment:start"))
    assert Person.objects.get().user == account(LI[2])
    assert comes_back(li, back).status_code == 302  # the same address once more changes nothing
    assert PersonProof.objects.get().events.count() == 2
    page = li.get(reverse("people:link")).content.decode()
    assert "李*兰" in page
    assert LI[1] not in page


# Zhao knows Li's name and number ---------------------------------------------------------------------------------


def test_his_face_is_not_hers(town: Town, zhao: Client) -> None:
    url = begins(zhao, method="face", name=LI[0], id_number=LI[1])
    reply = comes_back(zhao, town.sandbox.confirm_person(url, "赵国强", method="face"))
    assert reply.status_code == 400
    assert stands_for_nobody()
    assert PersonProof.objects.get().state == "refused"


def test_typing_it_where_nothing_is_asked_changes_nothing(town: Town, zhao: Client) -> None:
    url = begins(zhao, name=LI[0], id_number=LI[1], psn_no="41120000000000000000001001")
    comes_back(zhao, town.sandbox.confirm_person(url, "赵国强"))
    assert Person.objects.get().name == "赵国强"


def test_neither_her_stays_nor_her_account_nor_her_payments_open(town: Town, zhao: Client) -> None:
    li = town.resident(LI)
    [policy] = town.enrol(li, li.person)
    for address in (
        reverse("enrollment:policy", args=[policy.number]),
        reverse("enrollment:done", args=[policy.order_line.order.number]),
        f"/claims/new/{policy.number}/",
    ):
        assert zhao.get(address).status_code == 404, address
    assert policy.number not in zhao.get("/claims/new/").content.decode()


def test_he_sends_her_his_link_and_she_confirms_but_neither_becomes_the_other(town: Town, zhao: Client) -> None:
    """The ticket goes to the browser in which she confirmed, and hers did not begin this proof."""
    li = town.browse(account(LI[2]))
    back = town.sandbox.confirm_person(begins(zhao), "李秀兰")
    assert comes_back(li, back).status_code == 400
    assert stands_for_nobody()
    assert stands_for_nobody(LI[2])


def test_without_the_guards_she_would_have_become_whoever_began_it(town: Town, zhao: Client) -> None:
    li = town.browse(account(LI[2]))
    back = town.sandbox.confirm_person(begins(zhao), "赵国强")
    with guards.off("people.proof_of_this_session", "people.proof_of_this_account"):
        comes_back(li, back)
    assert PersonProof.objects.get().state == "proved"
    assert stands_for_nobody(LI[2])  # linking asks for the account once more


def test_another_browser_of_the_same_account_does_not_finish_it(town: Town) -> None:
    begun_in, other = town.browse(account(LI[2])), town.browse(account(LI[2]))
    back = town.sandbox.confirm_person(begins(begun_in), "李秀兰")
    assert comes_back(other, back).status_code == 400
    assert comes_back(begun_in, back).status_code == 302
    assert not stands_for_nobody(LI[2])


def test_without_the_guard_another_browser_would(town: Town) -> None:
    begun_in, other = town.browse(account(LI[2])), town.browse(account(LI[2]))
    back = town.sandbox.confirm_person(begins(begun_in), "李秀兰")
    with guards.off("people.proof_of_this_session"):
        assert comes_back(other, back).status_code == 302


def test_a_ticket_of_another_proof_is_no_ticket(town: Town, zhao: Client) -> None:
    """He holds a ticket that Li confirmed elsewhere: her browser's history, a log."""
    hers = town.sandbox.confirm_person(begins(town.browse(account(LI[2]))), "李秀兰")
    his = town.sandbox.confirm_person(begins(zhao), "")
    stolen = parse_qs(urlsplit(hers).query)["ticket"][0]
    assert comes_back(zhao, with_ticket(his, stolen)).status_code == 400
    assert comes_back(zhao, hers).status_code == 400
    assert stands_for_nobody()


@pytest.mark.parametrize("ticket", ["", "forged", "x" * 5000, "\x00", "票"])
def test_a_forged_ticket_is_no_ticket(town: Town, zhao: Client, ticket: str) -> None:
    back = town.sandbox.confirm_person(begins(zhao), "赵国强")
    assert comes_back(zhao, with_ticket(back, ticket)).status_code == 400
    assert stands_for_nobody()


@pytest.mark.parametrize("query", ["", "?state=unknown&ticket=x", "?ticket=x", "?state=%00", "?state=1&state=2"])
def test_coming_back_from_nowhere(zhao: Client, query: str) -> None:
    assert zhao.get(reverse("people:proof_return") + query).status_code == 400


def test_a_proof_is_confirmed_within_ten_minutes(town: Town) -> None:
    li = town.browse(account(LI[2]))
    back = town.sandbox.confirm_person(begins(li), "李秀兰")
    town.pass_time(minutes=10)
    assert comes_back(li, back).status_code == 400
    assert stands_for_nobody(LI[2])


def test_two_tabs_each_finish_their_own_and_the_first_counts(town: Town) -> None:
    li = town.browse(account(LI[2]))
    first, second = begins(li), begins(li)
    back = [town.sandbox.confirm_person(url, "李秀兰") for url in (first, second)]
    assert comes_back(li, back[1]).url == reverse("enrollment:start")
    assert comes_back(li, back[0]).status_code == 409  # "we already know who you are"
    assert Person.objects.get().user == account(LI[2])


def test_the_button_pressed_twice_begins_one_proof(town: Town) -> None:
    li = town.browse(account(LI[2]))
    form = {"form_key": form_key(), "consent": "on"}
    assert li.post(reverse("people:link"), form).url == li.post(reverse("people:link"), form).url
    assert PersonProof.objects.count() == 1


def test_the_same_way_back_opened_twice_at_once_links_once(town: Town) -> None:
    user = account(LI[2])
    begun = start_proof(
        user=user, method="voucher", consented=True, session_secret="b" * 32, scheme=town.scheme, now=clock.now()
    )
    back = town.sandbox.confirm_person(begun.platform_url, "李秀兰")
    outcomes = together(
        lambda: town.returns(user, back).state,
        lambda: town.returns(user, back).state,
    )
    assert outcomes == ["proved", "proved"]
    assert begun.events.count() == 1


# answers are alike --------------------------------------------------------------------------------------------------


@pytest.fixture
def everybody(town: Town) -> dict[str, tuple[str, str]]:
    """Known and free, linked to another account, paused, insured elsewhere, a wrong name, a number of nobody."""
    town.resident(LI)
    return {
        "free": DAUGHTER[:2],
        "linked": LI[:2],
        "paused": PAUSED[:2],
        "elsewhere": NEW_CITIZEN[:2],
        "mismatch": ("李秀蓝", LI[1]),
        "unknown": NOBODY,
    }


def test_who_is_not_proved_reads_the_same_page_to_the_byte_about_everybody(
    town: Town, everybody: dict[str, tuple[str, str]]
) -> None:
    seen: dict[str, list[tuple[int, str]]] = {}
    asked: dict[str, list[str]] = {}
    for case, (name, number) in everybody.items():
        zhao = town.browse(account(ZHAO[2]))
        PersonProof.objects.filter(user=account(ZHAO[2])).update(started_at=clock.now() - timedelta(days=2))
        with asking(town) as transactions:
            url = begins(zhao, method="face", name=name, id_number=number)
            way = page_of(zhao.get(reverse("people:proof")))
            back = town.sandbox.confirm_person(url, "赵国强", method="face")
            seen[case] = [way, page_of(comes_back(zhao, back))]
        asked[case] = transactions
    assert all(pages == seen["free"] for pages in seen.values())
    assert seen["free"][1][0] == 400
    assert set(map(tuple, asked.values())) == {("HZ05", "HZ06")}


@pytest.mark.parametrize("relation", ["sibling", "other"])
def test_adding_a_stranger_tells_the_same_of_everybody(
    town: Town, everybody: dict[str, tuple[str, str]], relation: str
) -> None:
    """Somebody insured here goes on the list, as anybody may be paid for (E4); of all others one thing is said."""
    zhao = town.resident(ZHAO)
    browser = town.browse(zhao)
    seen, asked = {}, {}
    for case in ("paused", "elsewhere", "mismatch", "unknown"):
        name, number = everybody[case]
        form = {"relation": relation, "name": name, "id_number": number, "second": "1", "consent": "on"}
        form |= {"odd_confirmed": "on", "form_key": form_key()}
        with asking(town) as transactions:
            status, text = page_of(browser.post(reverse("people:add_relative"), form))
        seen[case] = (status, text.replace(name, "NAME").replace(number, "NUMBER"))
        asked[case] = transactions
    assert len(set(seen.values())) == 1
    assert seen["paused"][0] == 400
    assert set(map(tuple, asked.values())) == {("1101",) if relation == "other" else ("HZ07", "1101")}


def test_linked_or_not_is_not_told_by_adding(town: Town, everybody: dict[str, tuple[str, str]]) -> None:
    zhao = town.resident(ZHAO)
    browser = town.browse(zhao)
    seen = []
    for case in ("linked", "free"):
        name, number = everybody[case]
        form = {"relation": "sibling", "name": name, "id_number": number, "second": "1", "consent": "on"}
        form |= {"odd_confirmed": "on", "form_key": form_key()}
        reply = browser.post(reverse("people:add_relative"), form)
        status, text = page_of(browser.get(reply.url))
        seen.append((status, text.replace(name, "NAME")))
    assert seen[0] == seen[1]


def test_without_the_guard_the_answers_differ(town: Town, everybody: dict[str, tuple[str, str]]) -> None:
    zhao = town.resident(ZHAO)
    codes = set()
    for case in ("paused", "elsewhere", "mismatch", "unknown"):
        with guards.off("people.alike_answers"), pytest.raises(DomainError) as caught:
            town.add(zhao, (*everybody[case], ""), "other")
        codes.add(caught.value.code)
    assert len(codes) == 4


class asking:  # noqa: N801  (reads as a word: with asking(town) as transactions)
    """Which transactions of the platform were asked meanwhile, in order."""

    def __init__(self, town: Town) -> None:
        self.transactions: list[str] = []

    def __enter__(self) -> list[str]:
        from nhsa.client import Client as Platform

        self._real = Platform.call
        seen = self.transactions

        def call(platform: Any, infno: str, *args: Any, **kwargs: Any) -> Any:
            seen.append(infno)
            return self._real(platform, infno, *args, **kwargs)

        Platform.call = call  # type: ignore[method-assign,assignment]
        return seen

    def __exit__(self, *_error: object) -> None:
        from nhsa.client import Client as Platform

        Platform.call = self._real  # type: ignore[method-assign]


# two accounts --------------------------------------------------------------------------------------------------------


def test_she_has_a_new_number_and_takes_everything_with_her(town: Town) -> None:
    old = town.resident(LI)
    [policy] = town.enrol(old, old.person)
    cart = town.choose(old, town.add(old, DAUGHTER, "child").relative)
    new = town.browse(account("13900002222"))
    reply = comes_back(new, town.sandbox.confirm_person(begins(new), "李秀兰"))
    assert reply.url == reverse("people:elsewhere")
    assert "139****1001" in new.get(reply.url).content.decode()
    assert Person.objects.get(pk=old.person.pk).user == old.user  # nothing before she has answered
    new.post(reply.url, {"form_key": form_key(), "answer": "mine"})
    assert Person.objects.get(pk=old.person.pk).user == account("13900002222")
    assert new.get(reverse("enrollment:policy", args=[policy.number])).status_code == 200
    cart.refresh_from_db()
    assert cart.state == "cancelled"
    assert town.browse(old).get(reverse("enrollment:policy", args=[policy.number])).status_code in (302, 404)


def race(town: Town, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two phones have proved that they are Li, and link at the same moment: both wait for her row."""
    users = [account(LI[2]), account("13900002222")]
    proofs = [town.proves(user, "李秀兰") for user in users]
    known = check_person(user=users[0], name=LI[0], id_number=LI[1], plan_year=town.plan_year, now=clock.now())
    # The platform was asked before; what is raced for is the row.
    monkeypatch.setattr(sys.modules["people.actions.link_person"], "_known_person", lambda *_asked: known)
    gate = threading.Event()

    def hold() -> str:
        with transaction.atomic():
            Person.objects.select_for_update().get(pk=known.pk)
            gate.set()
            wait_for_two_waiting()
        return "held"

    def link(turn: int) -> str:
        gate.wait(10)
        try:
            link_person(user=users[turn], proof=proofs[turn], plan_year=town.plan_year, now=clock.now())
            return "linked"
        except PersonLinkedElsewhere as error:
            return error.code

    return sorted(together(hold, lambda: link(0), lambda: link(1))[1:])


def wait_for_two_waiting() -> None:
    """Until both others wait for a lock, as the database itself says."""
    for _turn in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_stat_clear_snapshot(), count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[1] >= 2:
                return
        threading.Event().wait(0.05)
    raise AssertionError("nobody came to wait")


def test_of_two_accounts_at_once_one_is_told_of_the_other(town: Town, monkeypatch) -> None:
    assert race(town, monkeypatch) == ["linked", "person_linked_elsewhere"]


def test_control_without_the_lock_the_first_is_overwritten_and_nobody_is_told(town: Town, monkeypatch) -> None:
    with guards.off("people.link_under_lock"):
        assert race(town, monkeypatch) == ["linked", "linked"]


def together(*calls: Any) -> list[Any]:
    """Each in a thread with a connection of its own; what each returned."""
    results: list[Any] = [None] * len(calls)

    def run(turn: int) -> None:
        try:
            results[turn] = calls[turn]()
        except Exception as error:
            results[turn] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(turn,)) for turn in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results
