"""Each button of a claim that decides about money carries the version of the page; without it, or with that of a page
that is no longer true, the answer is 409, the page comes anew and no money moves. Judged by the bank's log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from claims import actions
from claims.lifecycle import ClaimState
from claims.models import Claim
from core import clock, guards
from payments.models import Transfer
from sandbox.testing import Sandbox
from tests.accounts.people import signed_in
from tests.claims.people import (
    CARDS,
    CLOSED_CARD,
    HEIRS,
    LI_HIP,
    Family,
    another_account_past_the_actions,
    desk_page,
    own_page,
)
from tests.forms import hidden_fields
from work import sweeps

OTHER_CARD = CARDS["王桂英"]


@pytest.fixture
def family(transactional_db: None, outside: Sandbox) -> Family:
    return Family()


def came_back(family: Family, outside: Sandbox) -> Claim:
    """Approved, paid, returned by the bank; Li has named another account."""
    claim = family.prepares(LI_HIP)
    family.names_account(claim, account_no=CLOSED_CARD)
    claim = actions.submit_claim(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=clock.now())
    family.takes(claim)
    family.approves(claim, family.proposes(family.again(claim)))
    the_workers_run()
    claim = family.again(claim)
    assert claim.state == ClaimState.PAYOUT_FAILED
    return family.names_account(claim)


def proposed_again(family: Family, outside: Sandbox) -> Claim:
    claim = came_back(family, outside)
    actions.propose_payout(claim=claim, seen=desk_page(claim), actor=family.zhou.actor(), now=clock.now())
    return family.again(claim)


def under_review(family: Family, outside: Sandbox) -> Claim:
    claim = family.hands_in(LI_HIP)
    family.takes(claim)
    return family.again(claim)


def payees_proposed(family: Family, outside: Sandbox) -> Claim:
    claim = under_review(family, outside)
    actions.propose_payees(
        claim=claim, seen=desk_page(claim), payees=HEIRS, reason="继承", actor=family.zhou.actor(), now=clock.now()
    )
    return family.again(claim)


def the_workers_run() -> None:
    for _look in range(3):
        Transfer.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=clock.now())
        sweeps.drain("transfers")


# What may change between looking and pressing.


def another_account(claim: Claim) -> None:
    another_account_past_the_actions(claim, OTHER_CARD)


def a_paper_less(claim: Claim) -> None:
    claim.documents.update(removed_at=clock.now())


@dataclass(frozen=True)
class Form:
    """verb: the button at the desk, or the resident's page."""

    verb: str
    who: str
    prepare: Callable[[Family, Sandbox], Claim]
    change: Callable[[Claim], None]
    fields: dict[str, Any] | None = None
    page: str = "desk"

    def address(self, claim: Claim) -> tuple[str, str]:
        """(the page, where its form goes)"""
        if self.page == "desk":
            desk = reverse("admin:claims_claim_change", args=[claim.pk])
            asks = f"?do={self.verb}" if self.fields and "payees" not in self.verb else ""
            return desk + asks, reverse("admin:claims_claim_do", args=[claim.pk, self.verb])
        return reverse(f"claims:{self.page}", args=[claim.number]), reverse(f"claims:{self.verb}", args=[claim.number])


REASON = {"reason": "请再看发票"}
ACCOUNT = {"payee_name": "李秀兰", "bank_code": "102", "account_no": CARDS["李秀兰"]}
FORMS = [
    Form("take", "zhou", lambda f, o: f.hands_in(LI_HIP), another_account),
    Form("propose", "zhou", under_review, a_paper_less),
    Form("materials", "zhou", under_review, a_paper_less, {"items": ["ID_CARD"]}),
    Form("approve", "wang", lambda f, o: f.is_proposed(LI_HIP)[0], another_account),
    Form("send_back", "wang", lambda f, o: f.is_proposed(LI_HIP)[0], another_account, REASON),
    Form("decline", "wang", lambda f, o: f.is_proposed(LI_HIP)[0], a_paper_less, REASON),
    Form("propose_payout", "zhou", came_back, another_account),
    Form("confirm_payout", "wang", proposed_again, another_account),
    Form("send_back", "wang", proposed_again, another_account, REASON),
    Form("confirm_payees", "wang", payees_proposed, another_account),
    Form("refuse_payees", "wang", payees_proposed, another_account, REASON),
    Form("check", "li", lambda f, o: f.prepares(LI_HIP), another_account, page="check"),
    Form("payee", "li", lambda f, o: f.prepares(LI_HIP), another_account, ACCOUNT, page="payee"),
    Form("payee", "li", came_back, another_account, ACCOUNT, page="payee"),
    Form("withdraw", "li", lambda f, o: f.prepares(LI_HIP), a_paper_less, page="claim"),
]


def browser_of(family: Family, who: str) -> Client:
    user: User = getattr(family, who)
    return signed_in(user)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.page}-{form.verb}-{form.prepare.__name__}")
def test_a_button_does_nothing_about_what_was_not_seen(family: Family, outside: Sandbox, form: Form) -> None:
    claim = form.prepare(family, outside)
    browser = browser_of(family, form.who)
    page, target = form.address(claim)
    fields = form.fields or {}
    shown = {**hidden_fields(browser.get(page).content.decode(), action=target if form.page != form.verb else "")}
    before = (claim.state, claim.events.count(), outside.log("bank"), Transfer.objects.count())

    without = browser.post(target, {**shown, **fields, "seen": ""})
    form.change(claim)
    stale = browser.post(target, {**shown, **fields})
    the_workers_run()

    assert (without.status_code, stale.status_code) == (409, 409)
    now = family.again(claim)
    assert (now.state, now.events.count(), outside.log("bank"), Transfer.objects.count()) == before
    anew = hidden_fields(stale.content.decode(), action=target if form.page != form.verb else "")
    assert anew["seen"] != shown["seen"], "the page has come anew, as it is now"


def test_what_was_seen_is_done(family: Family, outside: Sandbox) -> None:
    """The control: the same forms with the version of the page as it is, from review to paying again."""
    claim = family.hands_in(LI_HIP)
    for verb, who in (("take", "zhou"), ("propose", "zhou"), ("approve", "wang")):
        browser = browser_of(family, who)
        page, target = Form(verb, who, under_review, a_paper_less).address(claim)
        assert browser.post(target, hidden_fields(browser.get(page).content.decode())).status_code == 302, verb
    the_workers_run()
    assert family.again(claim).state == ClaimState.PAID
    assert [row["amount_fen"] for row in outside.log("bank", event="paid")] == [-906_000]


def test_with_the_guard_off_the_money_goes_to_an_account_that_nobody_saw(family: Family, outside: Sandbox) -> None:
    """Why it is there: Wang Lei looked at one account, the money went to another."""
    claim, _decision = family.is_proposed(LI_HIP)
    browser = browser_of(family, "wang")
    page, target = Form("approve", "wang", under_review, a_paper_less).address(claim)
    shown = hidden_fields(browser.get(page).content.decode())
    another_account(claim)
    with guards.off("core.seen"):
        assert browser.post(target, shown).status_code == 302
    assert Transfer.objects.get().account_no == OTHER_CARD
