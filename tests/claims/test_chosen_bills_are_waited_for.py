"""Choosing a stay asks the platform three times a bill. What takes longer than two seconds a worker carries on; the
page says how far it is, and the bills land in one draft."""

from __future__ import annotations

import signal
from collections.abc import Callable
from importlib import import_module

import pytest
from django.test import Client

from accounts.models import User
from claims import actions, errors, stays
from claims.actions.let_go_of_drafts import give_up_drafts
from claims.models import BillFetch, Claim, FetchState
from core import clock
from people.lifecycle import KinshipState
from people.models import Kinship
from sandbox.testing import Sandbox
from tests.accounts.people import resident
from tests.claims.people import LI_HIP, LI_SECOND, LI_SECOND_STAY, WANG_PNEUMONIA, Family, stay
from tests.payments.worker import Worker
from tests.people.proofs import stands_for
from tests.stored import stored
from work import sweeps

Browser = Callable[[User], Client]
BILLS = import_module("claims.actions._bills")
FETCH = import_module("claims.actions.fetch_bills")


@pytest.fixture
def two(family: Family, outside: Sandbox) -> Family:
    """Li's hip in March and her knee in July."""
    outside.control("POST", "stays", LI_SECOND_STAY)
    return family


@pytest.fixture
def li(two: Family, browser_of: Browser, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Whoever waits for her waits three tenths of a second."""
    monkeypatch.setattr(stays, "PATIENCE_SECONDS", 0.3)
    browser = browser_of(two.li)
    browser.cookies["look"] = "auto.normal.en"
    return browser


def slow(outside: Sandbox, transaction: str = "5204", count: int = 1) -> None:
    outside.fault("nhsa", transaction, "delay_before", seconds=1, count=count)


def chooses(li: Client, family: Family, *settlements: str, key: str = "0" * 32, of: str = "李秀兰"):  # type: ignore[no-untyped-def]  # a test response
    sent = {"stays": [str(stay(number)) for number in settlements], "form_key": key}
    return li.post(address(family, of=of), sent)


def address(family: Family, page: str = "", of: str = "李秀兰") -> str:
    return f"/claims/new/{family.policies[of].number}/{page}"


def test_a_quick_answer_is_a_draft_at_once(two: Family, li: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stays, "PATIENCE_SECONDS", 20.0)
    answer = chooses(li, two, LI_HIP)
    assert answer.url == f"/claims/{Claim.objects.get().number}/"
    assert not BillFetch.objects.exists()


def test_a_slow_one_is_carried_on_by_a_worker_while_the_page_says_how_far_it_is(
    two: Family, li: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_her_hip_in_time(policy, numbers, **kwargs):  # type: ignore[no-untyped-def]  # as find_bill
        if numbers.settlement_no != LI_HIP:
            raise errors.platform_slow()
        return stays.find_bill(policy, numbers)

    monkeypatch.setattr(BILLS, "find_bill", only_her_hip_in_time)
    answer = chooses(li, two, LI_HIP, LI_SECOND)
    assert answer.url == address(two, "bills/")
    assert Claim.objects.count() == 0
    page = li.get(answer.url)
    assert (page.status_code, page["Refresh"]) == (200, "3")
    assert "1 of 2 bills are here." in page.content.decode()
    assert sweeps.drain("bills") == 1
    claim = Claim.objects.get()
    assert [bill.settlement_no for bill in claim.bills.all()] == [LI_HIP, LI_SECOND]
    assert li.get(answer.url).url == f"/claims/{claim.number}/"
    assert sweeps.drain("bills") == 0


def test_pressed_twice_or_in_two_tabs_it_is_asked_for_once_and_is_one_draft(
    two: Family, li: Client, outside: Sandbox
) -> None:
    slow(outside)
    for key in ("0" * 32, "0" * 32, "1" * 32):
        assert chooses(li, two, LI_HIP, key=key).url == address(two, "bills/")
    assert BillFetch.objects.count() == 1
    sweeps.drain("bills")
    chooses(li, two, LI_HIP, key="2" * 32)
    assert Claim.objects.count() == 1


def test_the_last_choice_counts(two: Family, li: Client, outside: Sandbox) -> None:
    slow(outside, count=2)
    chooses(li, two, LI_HIP)
    of_before = BillFetch.objects.get()
    chooses(li, two, LI_SECOND, key="1" * 32)
    assert FETCH.carry_on_fetching(of_before, clock.now()) is False, "who works on the choice of before finds it gone"
    sweeps.drain("bills")
    assert Claim.objects.get().bills.get().settlement_no == LI_SECOND


def test_what_speaks_against_it_is_said_in_the_same_words_as_at_once(two: Family, li: Client, outside: Sandbox) -> None:
    slow(outside)
    chooses(li, two, LI_SECOND)
    outside.control("POST", "stays", {**LI_SECOND_STAY, "refunded": True})
    sweeps.drain("bills")
    page = li.get(address(two, "bills/"))
    assert page.status_code == 404
    assert "does not show this bill (any more)" in page.content.decode()
    assert "settlement_not_found" not in page.content.decode()
    assert (Claim.objects.count(), BillFetch.objects.get().state) == (0, FetchState.REFUSED)


def test_somebody_in_the_family_was_quicker(two: Family, li: Client, outside: Sandbox) -> None:
    slow(outside)
    chooses(li, two, WANG_PNEUMONIA, of="王桂英")
    wang_guiying = resident("13900001002", "王桂英")
    stands_for(wang_guiying, two.people["王桂英"])
    first = two.completes(two.starts(WANG_PNEUMONIA, of="王桂英", by=wang_guiying), by=wang_guiying)
    two.submits(first, by=wang_guiying)
    sweeps.drain("bills")
    assert first.number in li.get(address(two, "bills/", of="王桂英")).content.decode()


def test_the_platform_away_is_said_and_tried_again_with_what_is_here(
    two: Family, li: Client, outside: Sandbox, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(outside)
    chooses(li, two, LI_HIP, LI_SECOND)
    outside.reset()
    outside.control("POST", "stays", LI_SECOND_STAY)
    outside.fault("nhsa", "5203", "error_before", count=4)
    for _try in range(4):
        later(minutes=1)
        assert sweeps.drain("bills") == 0
    page = li.get(address(two, "bills/"))
    assert page.status_code == 503
    assert "does not answer just now" in page.content.decode()
    assert li.post(address(two, "bills/")).status_code == 302
    assert li.get(address(two, "bills/"))["Refresh"] == "3"
    assert sweeps.drain("bills") == 1
    assert Claim.objects.get().bills.count() == 2


def test_a_bill_that_came_is_kept_when_its_worker_dies_and_not_asked_for_again(
    two: Family, li: Client, outside: Sandbox, later: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(outside, "5203")
    chooses(li, two, LI_HIP, LI_SECOND)
    asked: list[str] = []
    find = FETCH.find_bill

    def dies_at_the_second(policy, numbers, **kwargs):  # type: ignore[no-untyped-def]  # as find_bill
        asked.append(numbers.settlement_no)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return find(policy, numbers, **kwargs)

    monkeypatch.setattr(FETCH, "find_bill", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        sweeps.drain("bills")
    assert (BillFetch.objects.get().here, Claim.objects.count()) == (1, 0)
    assert "1 of 2 bills are here." in li.get(address(two, "bills/")).content.decode()
    assert sweeps.drain("bills") == 0, "its lease still runs"
    later(minutes=3)
    assert sweeps.drain("bills") == 1
    assert Claim.objects.get().bills.count() == 2
    assert asked == [LI_HIP, LI_SECOND, LI_SECOND]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["after_the_first_bill", "before_commit"])
def test_killed_at_any_moment_it_is_one_draft_in_the_end(
    transactional_db: None, two: Family, outside: Sandbox, worker: Callable[..., Worker], later: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch, moment: str,
) -> None:  # fmt: skip
    slow(outside, "5203")
    chosen = [stay(LI_HIP), stay(LI_SECOND)]
    monkeypatch.setattr(stays, "PATIENCE_SECONDS", 0.3)
    policy, actor = two.policies["李秀兰"], two.li.actor()
    assert actions.start_claim(policy=policy, stays=chosen, actor=actor, now=clock.now()) is None
    assert worker("fetch_bills", moment).wait() == -signal.SIGKILL
    assert Claim.objects.count() == 0
    later(minutes=3)
    assert worker("fetch_bills").wait() == 0
    assert Claim.objects.get().bills.count() == 2
    assert BillFetch.objects.get().state == FetchState.READY


def test_a_kinship_that_ended_meanwhile_leaves_no_draft(two: Family, li: Client, outside: Sandbox) -> None:
    slow(outside)
    chooses(li, two, WANG_PNEUMONIA, of="王桂英")
    Kinship.objects.filter(relative=two.people["王桂英"]).update(state=KinshipState.DROPPED)
    sweeps.drain("bills")
    assert (Claim.objects.count(), BillFetch.objects.get().refusal) == (0, "policy_not_found")


def test_what_is_on_its_way_is_ciphertext_and_gone_in_the_end(
    two: Family, li: Client, outside: Sandbox, later: Callable[..., None]
) -> None:
    slow(outside, "5202")
    chooses(li, two, LI_HIP, LI_SECOND)
    assert LI_HIP not in stored("claims_billfetch")
    sweeps.drain("bills")
    assert BillFetch.objects.get().found == {}
    later(minutes=16)
    assert FETCH.forget_fetches(clock.now()) == 1


def test_only_who_chose_sees_how_far_it_is(two: Family, li: Client, outside: Sandbox, browser_of: Browser) -> None:
    slow(outside)
    chooses(li, two, LI_HIP)
    assert browser_of(two.zhao).get(address(two, "bills/")).status_code == 404
    assert li.get(address(two, "bills/", of="王桂英")).url == address(two, of="王桂英"), "nothing is under way for her"


class TestMoreBills:
    def test_she_adds_a_second_bill_to_what_she_has_begun(self, two: Family, li: Client) -> None:
        """Chosen in the wrong order, they are computed in the order in which they were settled: 16,560.00."""
        claim = two.starts(LI_SECOND)
        overview = li.get(f"/claims/{claim.number}/").content.decode()
        assert f"/claims/{claim.number}/bills/" in overview
        page = li.get(f"/claims/{claim.number}/bills/").content.decode()
        assert page.count('type="checkbox"') == 1, "the one that is in it is not listed"
        sent = {"stays": [str(stay(LI_HIP))], "form_key": "0" * 32}
        assert li.post(f"/claims/{claim.number}/bills/", sent).url == f"/claims/{claim.number}/"
        assert [bill.settlement_no for bill in claim.bills.all()] == [LI_HIP, LI_SECOND]
        two.submits(two.completes(claim))
        two.takes(claim)
        assert two.proposes(claim).payable_fen == 1_656_000

    def test_a_slow_platform_is_waited_for_here_too(self, two: Family, li: Client, outside: Sandbox) -> None:
        claim = two.starts(LI_HIP)
        slow(outside)
        sent = {"stays": [str(stay(LI_SECOND))], "form_key": "0" * 32}
        waits = li.post(f"/claims/{claim.number}/bills/", sent).url
        assert "0 of 1 bill is here." in li.get(waits).content.decode()
        sweeps.drain("bills")
        assert li.get(waits).url == f"/claims/{claim.number}/"
        assert (claim.bills.count(), Claim.objects.count()) == (2, 1)

    def test_the_same_bill_is_in_it_once(self, two: Family, li: Client) -> None:
        claim = two.starts(LI_HIP, LI_SECOND)
        again = {"stays": [str(stay(LI_HIP))], "form_key": "0" * 32}
        assert li.post(f"/claims/{claim.number}/bills/", again).status_code == 400
        assert claim.bills.count() == 2

    def test_none_joins_what_was_handed_in_or_given_up_meanwhile(
        self, two: Family, li: Client, outside: Sandbox
    ) -> None:
        handed_in = two.hands_in(LI_HIP)
        assert li.get(f"/claims/{handed_in.number}/bills/").url == f"/claims/{handed_in.number}/"
        draft = two.starts(LI_SECOND)
        slow(outside)
        sent = {"stays": [str(stay(LI_HIP))], "form_key": "0" * 32}
        assert li.post(f"/claims/{draft.number}/bills/", sent).status_code == 409, "that bill is claimed"
        give_up_drafts(two.li.pk, why="test", actor=two.li.actor(), now=clock.now())
        assert li.get(f"/claims/{draft.number}/bills/").status_code == 302
