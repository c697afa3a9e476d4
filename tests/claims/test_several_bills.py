"""Several bills in one claim: one decision, computed bill by bill in the order in which they were settled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.utils import IntegrityError, ProgrammingError
from django.test import Client

from accounts.models import User
from claims.lifecycle import ClaimState
from claims.models import ClaimBill, ComputedBill, Decision, YearAccount
from core.errors import DomainError
from payments.models import Transfer
from sandbox.testing import Sandbox
from tests.claims.people import LI_HIP, LI_SECOND, LI_SECOND_STAY, WANG_DIABETES, WANG_PNEUMONIA, Family, stay

Browser = Callable[[User], Client]


@pytest.fixture
def two(family: Family, outside: Sandbox) -> Family:
    """Li's hip in March and her knee in July."""
    outside.control("POST", "stays", LI_SECOND_STAY)
    return family


def test_the_second_bill_is_computed_on_the_year_the_first_one_left(two: Family) -> None:
    """Her hip pays (27,080.00 - 15,000.00) x 75 % = 9,060.00. Of her knee 10,000.00 count; the deductible is used up:
    10,000.00 x 75 % = 7,500.00. Together 16,560.00. Chosen in the wrong order they come in the order of settlement.
    """
    claim, decision = two.is_proposed(LI_SECOND, LI_HIP)
    assert [bill.settlement_no for bill in claim.bills.all()] == [LI_HIP, LI_SECOND]
    assert [row.payable_fen for row in decision.bills.all()] == [906_000, 750_000]
    assert decision.payable_fen == 1_656_000
    two.approves(claim, decision)
    assert two.again(claim).state == ClaimState.PAYING
    assert Transfer.objects.get().amount_fen == 1_656_000
    year = YearAccount.objects.get()
    assert (year.version, year.paid_fen) == (1, 1_656_000)
    assert year.year_so_far["bills"] == [f"{claim.number}-1", f"{claim.number}-2"]


def test_together_they_give_what_one_after_the_other_gives(two: Family) -> None:
    first, second = two.is_approved(LI_HIP), two.is_approved(LI_SECOND)
    payable = [claim.decisions.get().payable_fen for claim in (first, second)]
    assert payable == [906_000, 750_000]


def test_every_page_shows_each_bill_and_their_sum(two: Family, browser_of: Browser) -> None:
    claim, decision = two.is_proposed(LI_HIP, LI_SECOND)
    desk = browser_of(two.wang).get(f"/admin/claims/claim/{claim.pk}/change/").content.decode()
    two.approves(claim, decision)
    own = browser_of(two.li).get(f"/claims/{claim.number}/").content.decode()
    for page in (desk, own):
        for amount in ("86,200.00", "20,000.00", "9,060.00", "7,500.00", "16,560.00"):
            assert amount in page, amount
    assert "106,200.00" in own, "both bills together"
    assert browser_of(two.li).get(f"/claims/{claim.number}/letter.pdf").content.startswith(b"%PDF")


def test_she_ticks_both_on_one_page(two: Family, browser_of: Browser) -> None:
    li = browser_of(two.li)
    address = f"/claims/new/{two.policies['李秀兰'].number}/"
    assert li.get(address).content.decode().count('type="checkbox"') == 2
    answer = li.post(address, {"stays": [str(stay(LI_HIP)), str(stay(LI_SECOND))], "form_key": "0" * 32})
    assert answer.status_code == 302
    assert ClaimBill.objects.count() == 2
    none = li.post(address, {"form_key": "1" * 32})
    assert (none.status_code, ClaimBill.objects.count()) == (400, 2)


def test_a_stay_and_a_long_term_illness_are_two_claims(family: Family) -> None:
    with pytest.raises(DomainError) as refusal:
        family.starts(WANG_PNEUMONIA, WANG_DIABETES, of="王桂英")
    assert refusal.value.code == "bills_of_two_kinds"


def test_one_bill_taken_back_holds_the_whole_claim_up(two: Family, outside: Sandbox) -> None:
    claim, decision = two.is_proposed(LI_HIP, LI_SECOND)
    outside.control("POST", "stays", {**LI_SECOND_STAY, "refunded": True})
    with pytest.raises(DomainError) as refusal:
        two.approves(claim, decision)
    assert refusal.value.code == "settlement_reversed"


class TestPastTheActions:
    def test_the_bills_of_a_decision_sum_to_what_it_pays(self, two: Family) -> None:
        _claim, decision = two.is_proposed(LI_HIP, LI_SECOND)
        at_once()
        Decision.objects.filter(pk=decision.pk).update(superseded_at=decision.proposed_at)
        short = {f.attname: getattr(decision, f.attname) for f in Decision._meta.fields if f.name != "id"}
        with pytest.raises(ProgrammingError, match="decision_adds_up"):
            Decision.objects.create(**{**short, "version": 2, "superseded_at": None})

    def test_a_bill_is_not_added_to_a_decision_later(self, two: Family) -> None:
        _claim, decision = two.is_proposed(LI_HIP)
        other = two.hands_in(LI_SECOND).bills.get()
        at_once()
        with pytest.raises(ProgrammingError, match="decision_adds_up"):
            ComputedBill.objects.create(decision=decision, bill=other, payable_fen=1, computation={})

    def test_a_bill_counts_once_in_a_decision(self, two: Family) -> None:
        claim, decision = two.is_proposed(LI_HIP)
        with pytest.raises(IntegrityError, match="a_bill_counts_once"):
            ComputedBill.objects.create(decision=decision, bill=claim.bills.get(), payable_fen=0, computation={})

    def test_no_bill_joins_a_claim_that_was_handed_in(self, two: Family) -> None:
        claim, bill = two.hands_in(LI_HIP), two.starts(LI_SECOND).bills.get()
        again = {f.attname: getattr(bill, f.attname) for f in ClaimBill._meta.fields if f.name not in ("id", "claim")}
        with pytest.raises(ProgrammingError, match="handed in without this bill"):
            ClaimBill.objects.create(claim=claim, **{**again, "position": 2})


def at_once() -> None:
    """What the database looks at when the transaction ends, it looks at now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_returned_item_leaves_the_desk_its_page(family: Family, outside: Sandbox, browser_of: Browser) -> None:
    """A negative line is a line: the bill is taken as it is, and what came back is taken off what was bought."""
    surgery = LI_SECOND_STAY["lines"][0]
    returned = {**surgery, "cnt": -1, "pric": 500}
    outside.control("POST", "stays", {**LI_SECOND_STAY, "lines": [{**surgery, "pric": 20_500}, returned]})
    claim = family.hands_in(LI_SECOND)
    assert [line["amount_fen"] for line in claim.bills.get().lines] == [2_050_000, -50_000]
    zhou = browser_of(family.zhou)
    zhou.cookies["look"] = "auto.normal.en"
    page = zhou.get(f"/admin/claims/claim/{claim.pk}/change/")
    assert page.status_code == 200
    assert "rules cannot compute" not in page.content.decode()
