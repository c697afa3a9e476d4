"""A check of a claim is one file: found, shown at the desk with what to do, and stopping what it is there to stop.

The two in tests/claims/more_checks/ prove it: no line outside that folder names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.test import Client

from accounts.models import User
from claims import actions, checking
from claims.checking import CHECKS, found_in
from claims.lifecycle import ClaimState
from claims.models import AutomaticCheck, Claim
from core import clock
from core.errors import DomainError
from tests.claims.more_checks import no_hips_today
from tests.claims.people import LI_HIP, LI_SECOND, LI_SECOND_STAY, Family, desk_page

Browser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def more_checks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The folder's checks are the house's for this test."""
    monkeypatch.setattr(no_hips_today, "HIPS_ARE_OFF", [True])
    with ExitStack() as registered:
        for code, check in found_in("tests.claims.more_checks"):
            registered.enter_context(CHECKS.replaced(code, check))
        yield


def at_the_desk(browser_of: Browser, user: User, claim: Claim) -> str:
    browser = browser_of(user)
    browser.cookies["look"] = "auto.normal.en"
    return browser.get(f"/admin/claims/claim/{claim.pk}/change/").content.decode()


def test_what_it_finds_is_shown_with_what_to_do(family: Family, outside, browser_of: Browser) -> None:
    outside.control("POST", "stays", {**LI_SECOND_STAY, "begin": "2026-07-09"})
    claim = family.hands_in(LI_SECOND)
    page = at_the_desk(browser_of, family.zhou, claim)
    for words in ("A night at least", "2026-07-09", "Ask the ward when she was admitted.", "chip-look", "Please look"):
        assert words in page, words
    assert "Wait for tomorrow." not in page, "nothing is to be done about a check that passed"
    family.takes(claim)
    assert family.proposes(claim).payable_fen == 0, "a look stops nothing; below the deductible nothing is due"


def test_what_stops_keeps_a_payment_from_being_proposed(family: Family, browser_of: Browser) -> None:
    claim = family.hands_in(LI_HIP)
    family.takes(claim)
    page = at_the_desk(browser_of, family.zhou, claim)
    assert "chip-stop" in page
    assert page.index("No hips today") < page.index("Cover in force"), "what matters most stands first"
    with pytest.raises(DomainError, match="Wait for tomorrow") as refusal:
        family.proposes(claim)
    assert (refusal.value.code, refusal.value.status) == ("stopped_by_check", 409)
    assert family.again(claim).state == ClaimState.UNDER_REVIEW
    assert AutomaticCheck.objects.filter(claim=claim, run=2).count() == 0


def test_it_may_still_be_declined(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    family.takes(claim)
    said = {"claim": claim, "seen": desk_page(claim), "reason": "今日不受理髋关节"}
    actions.decline_claim(**said, actor=family.zhou.actor(), now=clock.now())
    assert family.again(claim).state == ClaimState.DECLINED


def test_once_the_facts_have_changed_the_checks_are_run_anew_and_it_goes_on(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    family.takes(claim)
    no_hips_today.HIPS_ARE_OFF[0] = False
    assert family.proposes(claim).payable_fen == 906_000
    assert {row.result for row in checking.last_run(claim)} == {"PASSED"}
    assert AutomaticCheck.objects.filter(claim=claim, code="no_hips_today").count() == 2


def test_a_bill_that_the_hospital_took_back_stops_until_the_platform_shows_it_again(family: Family, outside) -> None:
    no_hips_today.HIPS_ARE_OFF[0] = False
    outside.control("POST", "stays", LI_SECOND_STAY)
    claim = family.prepares(LI_SECOND)
    outside.control("POST", "stays", {**LI_SECOND_STAY, "refunded": True})
    handed_in = family.submits(claim)
    family.takes(handed_in)
    with pytest.raises(DomainError) as refusal:
        family.proposes(handed_in)
    assert refusal.value.code == "stopped_by_check"
    outside.control("POST", "stays", LI_SECOND_STAY)
    family.proposes(handed_in)


def test_without_a_finding_nothing_is_asked_twice(family: Family) -> None:
    no_hips_today.HIPS_ARE_OFF[0] = False
    claim = family.hands_in(LI_HIP)
    family.takes(claim)
    family.proposes(claim)
    assert AutomaticCheck.objects.filter(claim=claim).values("run").distinct().count() == 1


def test_a_file_without_a_check_is_told_at_the_start() -> None:
    with pytest.raises(TypeError, match="has no CHECK"):
        list(found_in("tests.claims"))


def test_a_row_of_a_check_that_is_made_no_longer_is_shown_without_its_code(family: Family, browser_of: Browser) -> None:
    claim = family.hands_in(LI_HIP)
    AutomaticCheck.objects.create(claim=claim, run=1, code="horoscope", result="LOOK", evidence={}, at=clock.now())
    page = at_the_desk(browser_of, family.zhou, claim)
    assert "A check that is made no longer" in page
    assert "horoscope" not in page
