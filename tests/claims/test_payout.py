"""After the decision: the bank pays once, or returns the money and another account is asked for (C8, M1, M3)."""

from __future__ import annotations

import pytest
from django.db import transaction

from claims import actions, selectors
from claims.lifecycle import ClaimState
from claims.models import Claim
from claims.sweeps import pay_forgotten_claims
from core import clock
from core.errors import DomainError
from ledger.selectors import balance_fen
from messaging.models import SmsMessage
from payments.models import Transfer
from sandbox.testing import Sandbox
from tests.claims.people import CARD, CLOSED_CARD, LI_HIP, Family, own_page
from work import sweeps


@pytest.fixture
def family(transactional_db: None, outside: Sandbox) -> Family:
    """As everywhere here, with real commits: the bank is called with no transaction open."""
    return Family()


def bank_events(outside: Sandbox, event: str) -> list[int]:
    return [row["amount_fen"] for row in outside.log("bank", event=event)]


def paid_out(family: Family, claim: Claim) -> Claim:
    """Instructed, then asked about twice: accepted by the bank, paid, perhaps returned."""
    for _look in range(3):
        Transfer.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=clock.now())
        sweeps.drain("transfers")
    return family.again(claim)


def test_the_bank_pays_and_the_books_agree_with_its_log(family: Family, outside: Sandbox) -> None:
    claim = paid_out(family, family.is_approved(LI_HIP))
    assert claim.state == ClaimState.PAID
    assert claim.paid_at is not None
    assert bank_events(outside, "paid") == [-906_000]
    assert balance_fen("asset.bank") == outside.total_fen("bank") == -906_000
    assert balance_fen("liability.claims_payable", plan_year="smx-2026") == 0
    assert balance_fen("expense.claims", plan_year="smx-2026") == 906_000


def test_the_resident_is_told_the_amount_and_the_end_of_the_account(family: Family) -> None:
    paid_out(family, family.is_approved(LI_HIP))
    text = SmsMessage.objects.get(template="claim_paid").text
    assert "9,060.00" in text
    assert CARD[-4:] in text
    assert CARD not in text
    assert "髋" not in text


def test_a_closed_account_sends_the_money_back_and_another_one_is_asked_for(family: Family, outside: Sandbox) -> None:
    claim = family.prepares(LI_HIP)
    family.names_account(claim, account_no=CLOSED_CARD)
    claim = actions.submit_claim(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=clock.now())
    family.takes(claim)
    family.approves(claim, family.proposes(family.again(claim)))
    claim = paid_out(family, claim)
    assert claim.state == ClaimState.PAYOUT_FAILED
    assert not claim.has_payee
    assert balance_fen("asset.bank") == outside.total_fen("bank") == 0
    assert balance_fen("liability.claims_payable", plan_year="smx-2026") == -906_000
    assert SmsMessage.objects.filter(template="claim_payout_failed").count() == 1

    with pytest.raises(DomainError) as refusal:
        family.pays_again(claim)
    assert refusal.value.code == "payee_missing"
    family.names_account(claim, account_no=CARD)
    family.pays_again(claim)
    claim = paid_out(family, claim)
    assert claim.state == ClaimState.PAID
    assert sum(row["amount_fen"] for row in outside.log("bank")) == -906_000
    assert balance_fen("liability.claims_payable", plan_year="smx-2026") == 0
    assert Transfer.objects.count() == 2


def test_a_reviewer_cannot_send_the_money_again(family: Family) -> None:
    claim = family.is_approved(LI_HIP)
    with pytest.raises(DomainError) as refusal:
        actions.pay_claim(claim=claim, actor=family.zhou.actor(), now=clock.now())
    assert refusal.value.code == "not_allowed"


def test_paying_a_claim_that_is_being_paid_makes_no_second_transfer(family: Family) -> None:
    claim = family.is_approved(LI_HIP)
    actions.pay_claim(claim=claim, actor=family.wang.actor(), now=clock.now())
    assert Transfer.objects.count() == 1


def test_the_sweeper_finds_nothing_because_approval_and_instruction_are_one(family: Family) -> None:
    family.is_approved(LI_HIP)
    assert pay_forgotten_claims(clock.now()) == 0


def test_reported_twice_is_paid_once(family: Family) -> None:
    claim = paid_out(family, family.is_approved(LI_HIP))
    events = claim.events.count()
    with transaction.atomic():
        actions.payout_paid(Transfer.objects.get(), now=clock.now())
    assert claim.events.count() == events
    assert len(selectors.transfers_of(claim)) == 1
