"""Several people share the money of a claim: two at the desk arrange it, the bank pays each, to the fen (I-M1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db.utils import IntegrityError, ProgrammingError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from claims import actions, selectors
from claims.admin.desk import payee_context
from claims.lifecycle import ClaimState, PayoutState
from claims.models import Claim, Payout
from core import clock, guards
from core.actors import Actor, Grant
from core.errors import DomainError
from ledger.selectors import balance_fen
from messaging.models import SmsMessage
from payments.models import Transfer
from sandbox.testing import Sandbox
from tests.accounts.people import signed_in, staff
from tests.claims.people import CARDS, CLOSED_CARD, HEIRS, LI_HIP, Family, desk_page
from work import sweeps

Browser = Callable[[User], Client]
THIRDS = [
    actions.PayeeGiven(name, CARDS[name], "102", "heir", share)
    for name, share in (("李秀兰", 333_334), ("王桂英", 333_333), ("张建国", 333_333))
]


@pytest.fixture
def family(transactional_db: None, outside: Sandbox) -> Family:
    return Family()


def under_review(family: Family) -> Claim:
    claim = family.hands_in(LI_HIP)
    family.takes(claim)
    return family.again(claim)


def propose(family: Family, claim: Claim, payees: list[actions.PayeeGiven], by: User | None = None) -> None:
    actor = (by or family.zhou).actor()
    actions.propose_payees(
        claim=claim, seen=desk_page(claim), payees=payees, reason="继承公证书", actor=actor, now=clock.now()
    )


def confirm(family: Family, claim: Claim, by: User | None = None) -> None:
    actions.confirm_payees(claim=claim, seen=desk_page(claim), actor=(by or family.wang).actor(), now=clock.now())


def decided(family: Family, payees: list[actions.PayeeGiven]) -> Claim:
    claim = under_review(family)
    propose(family, claim, payees)
    confirm(family, claim)
    family.approves(claim, family.proposes(family.again(claim)))
    return family.again(claim)


def the_bank_works() -> None:
    for _look in range(3):
        Transfer.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=clock.now())
        sweeps.drain("transfers")


def refusal_of(call: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refusal:
        call()
    return refusal.value.code


def test_two_heirs_receive_60_and_40_percent_of_9060_00(family: Family, outside: Sandbox) -> None:
    claim = decided(family, HEIRS)
    assert claim.state == ClaimState.PAYING
    assert [(payout.payee.name, payout.amount_fen) for payout in claim.payouts.all()] == [
        ("张建国", 543_600),
        ("王桂英", 362_400),
    ]
    the_bank_works()
    claim = family.again(claim)
    assert claim.state == ClaimState.PAID
    assert sorted(row["amount_fen"] for row in outside.log("bank", event="paid")) == [-543_600, -362_400]
    assert balance_fen("asset.bank") == outside.total_fen("bank") == -906_000
    assert balance_fen("liability.claims_payable", plan_year="smx-2026") == 0
    assert SmsMessage.objects.filter(template="claim_paid").count() == 2


def test_thirds_sum_to_the_fen_by_the_largest_remainder(family: Family) -> None:
    """906,000 fen in millionths 333,334 + 333,333 + 333,333: 302,001 (rest .604) and twice 301,999 (.698); one fen is
    left and goes to the first of the largest remainders."""
    claim = decided(family, THIRDS)
    assert [payout.amount_fen for payout in claim.payouts.all()] == [302_000, 302_000, 302_000]
    assert sum(payout.amount_fen for payout in claim.payouts.all()) == 906_000


def test_one_account_closed_leaves_the_other_paid_and_is_paid_again_by_two(family: Family, outside: Sandbox) -> None:
    closed = actions.PayeeGiven("张建国", CLOSED_CARD, "102", "heir", 600_000)
    claim = decided(family, [closed, HEIRS[1]])
    the_bank_works()
    claim = family.again(claim)
    assert claim.state == ClaimState.PAYOUT_FAILED
    assert [payout.state for payout in claim.payouts.all()] == [PayoutState.RETURNED, PayoutState.PAID]
    assert balance_fen("liability.claims_payable", plan_year="smx-2026") == -543_600
    assert refusal_of(lambda: family.names_account(claim)) == "payees_by_the_desk"
    assert refusal_of(lambda: family.pays_again(claim)) == "payee_missing"
    assert refusal_of(lambda: propose(family, claim, THIRDS)) == "shares_not_whole", "shares were decided"

    propose(family, claim, HEIRS)
    confirm(family, claim)
    family.pays_again(claim)
    assert family.again(claim).state == ClaimState.PAYING
    the_bank_works()
    assert family.again(claim).state == ClaimState.PAID
    assert outside.total_fen("bank") == balance_fen("asset.bank") == -906_000
    assert Transfer.objects.count() == 3


def test_two_returns_are_looked_at_one_by_one(family: Family, outside: Sandbox) -> None:
    claim = decided(family, HEIRS)
    the_bank_works()
    for transfer in Transfer.objects.all():
        outside.bounce(transfer.number)
    sweeps.drain("transfers")
    Transfer.objects.update(next_attempt_at=clock.now())
    the_bank_works()
    claim = family.again(claim)
    assert [payout.state for payout in claim.payouts.all()] == [PayoutState.RETURNED, PayoutState.RETURNED]
    propose(family, claim, HEIRS)
    confirm(family, claim)
    family.pays_again(claim)
    assert family.again(claim).state == ClaimState.PAYOUT_FAILED, "one is still there"
    family.pays_again(claim)
    assert family.again(claim).state == ClaimState.PAYING


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"share_millionths": 600_001}, "shares_not_whole"),
        ({"share_millionths": 0}, "shares_not_whole"),
        ({"account_no": "62170025100"}, "account_number"),
        ({"bank_code": "999"}, "bank_unknown"),
        ({"relation": "friend"}, "payee_relation"),
        ({"name": " "}, "payee_missing"),
    ],
)
def test_what_makes_no_sense_is_refused(family: Family, changed: dict[str, object], code: str) -> None:
    claim = under_review(family)
    first = replace(HEIRS[0], **changed)
    assert refusal_of(lambda: propose(family, claim, [first, HEIRS[1]])) == code
    assert len(selectors.payees_of(claim)) == 1


def test_who_proposed_does_not_confirm_and_the_database_says_so_too(family: Family) -> None:
    both = staff("chenli", "claims_reviewer", "claims_approver", name="陈立")
    claim = under_review(family)
    propose(family, claim, HEIRS, by=both)
    assert refusal_of(lambda: confirm(family, claim, by=both)) == "own_proposal"
    with guards.off("claims.second_person"), pytest.raises(IntegrityError, match="payees_maker_is_not_checker"):
        confirm(family, claim, by=both)
    assert [payee.name for payee in selectors.payees_of(claim)] == ["李秀兰"]


def test_until_somebody_confirms_the_account_stays_and_a_no_has_a_reason(family: Family) -> None:
    claim = under_review(family)
    propose(family, claim, HEIRS)
    assert refusal_of(lambda: propose(family, claim, THIRDS)) == "payees_proposed"
    no = {"claim": claim, "actor": family.wang.actor(), "now": clock.now()}
    assert refusal_of(lambda: actions.refuse_payees(seen=desk_page(claim), reason=" ", **no)) == "reason_needed"
    actions.refuse_payees(seen=desk_page(claim), reason="公证书不全", **no)
    assert [payee.name for payee in selectors.payees_of(claim)] == ["李秀兰"]
    assert refusal_of(lambda: confirm(family, claim)) == "payees_not_proposed"


def test_the_desk_proposes_on_one_page_and_another_confirms_on_hers(family: Family) -> None:
    claim = under_review(family)
    zhou, wang = signed_in(family.zhou), signed_in(family.wang)
    desk, verb = reverse("admin:claims_claim_change", args=[claim.pk]), "admin:claims_claim_do"
    rows = {
        "payee_name": ["张建国", "王桂英", ""], "account_no": [CARDS["张建国"], CARDS["王桂英"], ""],
        "bank_code": ["102", "102", ""], "relation": ["heir", "heir", ""], "share": ["60", "40%", ""],
    }  # fmt: skip
    assert 'name="payee_name"' in zhou.get(desk).content.decode()
    bad = zhou.post(
        reverse(verb, args=[claim.pk, "propose_payees"]),
        {**rows, "share": ["60", "39.99999", ""], "reason": "继承", "seen": desk_page(claim)},
    )
    assert bad.status_code == 400
    sent = {**rows, "reason": "继承", "seen": desk_page(claim)}
    assert zhou.post(reverse(verb, args=[claim.pk, "propose_payees"]), sent).status_code == 302
    page = wang.get(desk).content.decode()
    for shown in ("张建国", "60%", "王桂英", "40%", "继承"):
        assert shown in page
    assert CARDS["张建国"] not in page
    pressed = wang.post(reverse(verb, args=[claim.pk, "confirm_payees"]), {"seen": desk_page(claim)})
    assert pressed.status_code == 302
    assert [payee.share_millionths for payee in selectors.payees_of(claim)] == [600_000, 400_000]


def test_the_desk_offers_each_what_she_may_do(family: Family) -> None:
    claim = under_review(family)

    def offered(permission: str, insurer: str) -> list[str]:
        holder = Actor(8, "staff", (Grant(frozenset({permission}), {"insurer": frozenset({insurer})}),))
        context = payee_context(claim, holder)
        return [name for name in ("proposes_payees", "confirms_payees") if context[name]]

    assert offered("claims.review", "xiaoshan") == ["proposes_payees"]
    assert offered("claims.approve", "xiaoshan") == ["confirms_payees"]
    assert offered("claims.review", "dahe") == offered("claims.approve", "dahe") == []
    assert offered("claims.read", "xiaoshan") == []


class TestPastTheActions:
    def test_shares_always_sum_to_the_whole(self, family: Family) -> None:
        claim = decided(family, HEIRS)
        with pytest.raises(ProgrammingError, match="payees_share_the_whole"):
            claim.payees.filter(position=2).update(until=clock.now())

    def test_payouts_always_sum_to_the_decision(self, family: Family) -> None:
        claim = decided(family, HEIRS)
        first = claim.payouts.first()
        assert first is not None
        with pytest.raises(ProgrammingError, match="payouts_add_up"):
            Payout.objects.create(
                claim=claim, decision=first.decision, position=3, number=f"{claim.number}-3", payee=first.payee,
                amount_fen=1, created_at=clock.now(),
            )  # fmt: skip
