"""A draft is its filer's alone and in nobody's way; a claim that came by another way has no filer and is continued by
whoever may act for the insured."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from claims import actions, selectors
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimBill
from core import clock
from core.errors import DomainError
from messaging.models import SmsMessage
from tests.accounts.people import resident, staff
from tests.claims.people import LI_HIP, WANG_PNEUMONIA, Family, desk_page, own_page
from tests.people.proofs import stands_for

Browser = Callable[[User], Client]


@pytest.fixture
def wang_guiying(family: Family) -> User:
    """Li's mother, with an account of her own."""
    user = resident("13900001002", "王桂英")
    stands_for(user, family.people["王桂英"])
    return user


def hand_in(family: Family, claim: Claim, who: User) -> Claim:
    family.completes(claim, by=who)
    return actions.submit_claim(claim=claim, seen=own_page(claim), actor=who.actor(), now=clock.now())


def test_a_daughters_forgotten_draft_does_not_keep_her_mother_from_claiming(
    family: Family, wang_guiying: User, browser_of: Browser
) -> None:
    forgotten = family.starts(WANG_PNEUMONIA, of="王桂英")
    own = family.starts(WANG_PNEUMONIA, of="王桂英", by=wang_guiying)
    assert own.pk != forgotten.pk
    assert selectors.claims_of(wang_guiying.actor()) == [own]
    assert selectors.claims_of(family.li.actor()) == [forgotten]
    assert browser_of(wang_guiying).get(f"/claims/{forgotten.number}/").status_code == 404
    hand_in(family, own, wang_guiying)
    assert family.again(own).state == ClaimState.SUBMITTED


def test_the_second_who_hands_in_is_told_kindly(family: Family, wang_guiying: User, browser_of: Browser) -> None:
    late = family.prepares(WANG_PNEUMONIA, of="王桂英")
    first = family.starts(WANG_PNEUMONIA, of="王桂英", by=wang_guiying)
    hand_in(family, first, wang_guiying)
    with pytest.raises(DomainError, match=first.number) as refusal:
        actions.submit_claim(claim=late, seen=own_page(late), actor=family.li.actor(), now=clock.now())
    assert (refusal.value.code, refusal.value.status) == ("settlement_already_claimed", 409)
    assert family.again(late).state == ClaimState.DRAFT
    assert set(selectors.claims_of(family.li.actor())) == {first, late}, "she finds her mother's and may follow it"
    actions.withdraw_claim(claim=late, seen=own_page(late), actor=family.li.actor(), now=clock.now())


def test_of_two_who_hand_in_at_the_same_moment_one_is_first(
    transactional_db: None, family: Family, wang_guiying: User
) -> None:
    drafts = [family.prepares(WANG_PNEUMONIA, of="王桂英"), family.starts(WANG_PNEUMONIA, of="王桂英", by=wang_guiying)]
    family.completes(drafts[1], by=wang_guiying)
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def press(claim: Claim, who: User) -> None:
        seen = own_page(claim)
        gate.wait()
        try:
            actions.submit_claim(claim=claim, seen=seen, actor=who.actor(), now=clock.now())
            outcomes.append("handed in")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    pairs = zip(drafts, (family.li, wang_guiying), strict=True)
    threads = [threading.Thread(target=press, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["handed in", "settlement_already_claimed"]
    assert ClaimBill.objects.filter(held=True).count() == 1


def test_a_declined_claim_sets_its_bill_free(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    assert claim.bills.get().held
    family.takes(claim)
    actions.decline_claim(claim=claim, seen=desk_page(claim), reason="工伤", actor=family.zhou.actor(), now=clock.now())
    assert not claim.bills.get().held
    assert family.hands_in(LI_HIP).pk != claim.pk


class TestPastTheActions:
    def test_nobody_sets_held_by_hand(self, family: Family) -> None:
        claim = family.starts(LI_HIP)
        ClaimBill.objects.filter(claim=claim).update(held=True)
        assert not claim.bills.get().held

    def test_a_settlement_is_held_once(self, family: Family, wang_guiying: User) -> None:
        family.hands_in(WANG_PNEUMONIA, of="王桂英")
        second = Claim.objects.create(
            number="CL-2026-9", policy=family.policies["王桂英"], insured=family.people["王桂英"],
            filed_by=wang_guiying, claim_type="INPATIENT", insurer_id="xiaoshan", created_at=clock.now(),
        )  # fmt: skip
        bill = ClaimBill.objects.get()
        same = {f.attname: getattr(bill, f.attname) for f in ClaimBill._meta.fields if f.name not in ("id", "claim")}
        ClaimBill.objects.create(claim=second, **same)
        with pytest.raises(IntegrityError, match="one_live_claim_per_settlement"):
            Claim.objects.filter(pk=second.pk).update(state=ClaimState.SUBMITTED)

    def test_a_claim_without_a_bill_is_not_handed_in(self, family: Family) -> None:
        claim = Claim.objects.create(
            number="CL-2026-9", policy=family.policies["李秀兰"], insured=family.people["李秀兰"], filed_by=family.li,
            claim_type="INPATIENT", insurer_id="xiaoshan", created_at=clock.now(),
        )  # fmt: skip
        with pytest.raises(ProgrammingError, match="a claim without a bill"):
            Claim.objects.filter(pk=claim.pk).update(state=ClaimState.SUBMITTED)


# nobody filed it ---------------------------------------------------------------------------------------------------


def registered(family: Family, way: str = "agency") -> Claim:
    return family.registers(family.is_told(way=way))


@pytest.mark.parametrize("way", ["counter", "telephone", "agency", "hospital"])
def test_what_the_desk_registers_has_no_filer(family: Family, way: str) -> None:
    claim = registered(family, way)
    assert (claim.filed_by, claim.way, claim.state) == (None, way, ClaimState.DRAFT)
    assert claim.bills.get().total_fen == 4_250_000


def test_whoever_may_act_for_her_continues_it(family: Family, wang_guiying: User, browser_of: Browser) -> None:
    claim = registered(family)
    for who in (family.li, wang_guiying):
        assert selectors.claims_of(who.actor()) == [claim]
        assert browser_of(who).get(f"/claims/{claim.number}/papers/").status_code == 200
    assert selectors.claims_of(family.zhao.actor()) == []
    assert browser_of(family.zhao).get(f"/claims/{claim.number}/").status_code == 404
    hand_in(family, claim, family.li)
    assert family.again(claim).state == ClaimState.SUBMITTED
    assert browser_of(wang_guiying).get(f"/claims/{claim.number}/").status_code == 200
    assert SmsMessage.objects.get(template="claim_received").to_phone == "13900001002", "the insured is told"


def test_the_desk_reads_how_it_came(family: Family, browser_of: Browser) -> None:
    claim = registered(family, "telephone")
    hand_in(family, claim, family.li)
    zhou = browser_of(family.zhou)
    zhou.cookies["look"] = "auto.normal.en"
    assert "by telephone" in zhou.get(f"/admin/claims/claim/{claim.pk}/change/").content.decode()


def test_a_relative_continues_what_another_handed_in(family: Family, wang_guiying: User, browser_of: Browser) -> None:
    """Li handed it in; papers are asked for; her mother adds them."""
    claim = family.hands_in(WANG_PNEUMONIA, of="王桂英")
    family.takes(claim)
    actions.request_materials(
        claim=claim, seen=desk_page(claim), items=["ID_CARD"], message="", actor=family.zhou.actor(), now=clock.now()
    )
    assert browser_of(wang_guiying).get(f"/claims/{claim.number}/papers/").status_code == 200


def test_only_a_reviewer_of_its_insurer_registers(family: Family) -> None:
    report = family.is_told()
    of_another_insurer = staff("sunhong", Role.CLAIMS_REVIEWER, within={"insurer": ["dahe"]})
    for who in (family.li, family.wang, of_another_insurer):
        for attempt in (lambda who=who: family.is_told(by=who), lambda who=who: family.registers(report, by=who)):
            with pytest.raises(DomainError) as refusal:
                attempt()
            assert refusal.value.code == "not_allowed"
    for way in ("resident", "pigeon"):
        with pytest.raises(DomainError) as refusal:
            registered(family, way)
        assert refusal.value.code == "way_unknown"
