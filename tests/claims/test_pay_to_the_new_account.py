"""After the bank sent the money back: one person proposes the new account, another confirms it; both saw the same."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from claims import actions, selectors, shown
from claims.lifecycle import ClaimState
from claims.models import Claim, PayoutProposal
from core import clock, guards
from core.errors import DomainError
from payments.models import Transfer
from sandbox.testing import Sandbox
from tests.accounts.people import signed_in, staff
from tests.claims.people import CARD, CARDS, LI_HIP, Family, another_account_past_the_actions, desk_page
from tests.claims.test_claims_are_bound_to_what_was_seen import came_back, proposed_again, the_workers_run


@pytest.fixture
def family(transactional_db: None, outside: Sandbox) -> Family:
    return Family()


def confirm(family: Family, claim: Claim, by: object = None) -> Claim:
    who = by or family.wang
    return actions.confirm_payout(claim=claim, seen=desk_page(claim), actor=who.actor(), now=clock.now())


def mark_of(family: Family, claim: Claim) -> str:
    [payee] = selectors.payees_of(family.again(claim))
    return shown.payee_mark(payee)


def refusal_of(call: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refusal:
        call()
    return refusal.value.code


def test_two_people_pay_again_once(family: Family, outside: Sandbox) -> None:
    claim = proposed_again(family, outside)
    assert Transfer.objects.count() == 1, "a proposal moves nothing"
    confirm(family, claim)
    the_workers_run()
    assert family.again(claim).state == ClaimState.PAID
    assert [row["amount_fen"] for row in outside.log("bank", event="paid")][-1] == -906_000
    assert outside.total_fen("bank") == -906_000
    assert Transfer.objects.order_by("-pk")[0].account_no == CARD


def test_who_proposed_does_not_confirm(family: Family, outside: Sandbox) -> None:
    claim = came_back(family, outside)
    actions.propose_payout(claim=claim, seen=desk_page(claim), actor=family.wang.actor(), now=clock.now())
    assert refusal_of(lambda: confirm(family, claim)) == "own_proposal"
    second = staff("zhaolei", "claims_approver", name="赵磊")
    confirm(family, claim, by=second)
    assert family.again(claim).state == ClaimState.PAYING


def test_not_even_past_the_action(family: Family, outside: Sandbox) -> None:
    claim = came_back(family, outside)
    actions.propose_payout(claim=claim, seen=desk_page(claim), actor=family.wang.actor(), now=clock.now())
    with guards.off("claims.second_person"), pytest.raises(IntegrityError, match="payout_maker_is_not_checker"):
        confirm(family, claim)
    assert Transfer.objects.count() == 1


def test_the_database_lets_nothing_go_again_without_a_confirmed_proposal(family: Family, outside: Sandbox) -> None:
    claim = proposed_again(family, outside)
    with pytest.raises(ProgrammingError, match="claim_follows_its_payouts"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(state=ClaimState.PAYING)
    with pytest.raises(ProgrammingError, match="payout_again_by_two"), transaction.atomic():
        claim.payouts.update(state="INSTRUCTED")
    [new] = selectors.payees_of(claim)
    with pytest.raises(ProgrammingError, match="payout_again_by_two"), transaction.atomic():
        claim.payouts.update(payee=new)


def test_a_reviewer_proposes_and_does_not_confirm(family: Family, outside: Sandbox) -> None:
    claim = proposed_again(family, outside)
    other = staff("sunhong", "claims_reviewer")
    assert refusal_of(lambda: confirm(family, claim, by=other)) == "not_allowed"


def test_another_account_named_meanwhile_ends_the_proposal(family: Family, outside: Sandbox) -> None:
    claim = proposed_again(family, outside)
    seen_by_wang = desk_page(claim)
    family.names_account(claim, account_no="6217002510001000033")
    assert PayoutProposal.objects.get().dropped_reason == "another account was named"
    late = lambda: actions.confirm_payout(claim=claim, seen=seen_by_wang, actor=family.wang.actor(), now=clock.now())  # noqa: E731
    assert refusal_of(late) == "changed_meanwhile"
    assert refusal_of(lambda: confirm(family, claim)) == "payout_not_proposed"


def test_what_the_first_person_saw_counts_too(family: Family, outside: Sandbox) -> None:
    """The account changed by raw SQL after the proposal: the second person's page shows it, and yet nothing goes."""
    claim = proposed_again(family, outside)
    another_account_past_the_actions(claim, CARDS["王桂英"])
    assert refusal_of(lambda: confirm(family, claim)) == "changed_meanwhile"
    assert Transfer.objects.count() == 1


def test_the_second_person_says_no_with_a_reason(family: Family, outside: Sandbox) -> None:
    claim = proposed_again(family, outside)
    common = {"claim": claim, "actor": family.wang.actor(), "now": clock.now()}
    assert refusal_of(lambda: actions.refuse_payout(seen=desk_page(claim), reason=" ", **common)) == "reason_needed"
    actions.refuse_payout(seen=desk_page(claim), reason="户名与银行卡照片不一致", **common)
    assert family.again(claim).state == ClaimState.PAYOUT_FAILED
    actions.propose_payout(claim=claim, seen=desk_page(claim), actor=family.zhou.actor(), now=clock.now())
    confirm(family, claim)
    assert family.again(claim).state == ClaimState.PAYING


def test_two_confirm_at_the_same_moment_and_one_payout_goes(family: Family, outside: Sandbox) -> None:
    claim = proposed_again(family, outside)
    people = [family.wang, staff("zhaolei", "claims_approver")]
    seen, gate, outcomes = desk_page(claim), threading.Barrier(2), []

    def press(who: object) -> None:
        gate.wait()
        try:
            actions.confirm_payout(claim=claim, seen=seen, actor=who.actor(), now=clock.now())
            outcomes.append("paid")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["changed_meanwhile", "paid"]
    assert Transfer.objects.count() == 2, "the one that came back, and one more"


def test_both_see_the_holder_the_masked_number_and_the_same_mark(family: Family, outside: Sandbox) -> None:
    claim = proposed_again(family, outside)
    mark = mark_of(family, claim)
    for who in (family.zhou, family.wang):
        page = signed_in(who).get(f"/admin/claims/claim/{claim.pk}/change/").content.decode()
        assert mark in page
        assert "李秀兰" in page
        assert CARD not in page
        assert CARD[-4:] in page
    family.names_account(claim, account_no="6217002510001000033")
    assert mark_of(family, claim) != mark


def test_a_claim_that_was_not_sent_back_is_not_paid_again(family: Family) -> None:
    claim = family.is_approved(LI_HIP)
    propose = lambda: actions.propose_payout(  # noqa: E731
        claim=claim, seen=desk_page(claim), actor=family.zhou.actor(), now=clock.now()
    )
    assert refusal_of(propose) == "nothing_to_pay_again"
    assert refusal_of(lambda: confirm(family, claim)) == "payout_not_proposed"


class TestPastTheActions:
    """What the database refuses of a proposal, whatever the code above says."""

    @pytest.fixture
    def proposal(self, family: Family, outside: Sandbox) -> PayoutProposal:
        return PayoutProposal.objects.get(claim=proposed_again(family, outside))

    def anew(self, proposal: PayoutProposal, **other: object) -> PayoutProposal:
        names = ("claim_id", "payout_id", "payee_id", "failed_transfer", "amount_fen", "payee_digest", "proposed_by_id")
        same = {name: getattr(proposal, name) for name in names}
        return PayoutProposal.objects.create(**{**same, "proposed_at": clock.now(), **other})

    def change(self, proposal: PayoutProposal, **values: object) -> None:
        with transaction.atomic():
            PayoutProposal.objects.filter(pk=proposal.pk).update(**values)

    def test_one_is_open_at_a_time(self, proposal: PayoutProposal) -> None:
        with pytest.raises(IntegrityError, match="one_open_payout_proposal"), transaction.atomic():
            self.anew(proposal)

    def test_what_is_proposed_stays(self, proposal: PayoutProposal) -> None:
        for values in ({"amount_fen": 1}, {"payee_digest": "x"}, {"failed_transfer": "TR-1"}, {"account_tail": "1"}):
            with pytest.raises(ProgrammingError):
                self.change(proposal, **values)

    def test_it_is_confirmed_whole_or_dropped_and_not_both(self, family: Family, proposal: PayoutProposal) -> None:
        now, by = clock.now(), family.wang.pk
        with pytest.raises(IntegrityError, match="payout_confirmed_whole"):
            self.change(proposal, confirmed_at=now)
        with pytest.raises(IntegrityError, match="payout_confirmed_or_dropped"):
            self.change(proposal, confirmed_at=now, confirmed_by=by, dropped_at=now)

    def test_a_confirmation_is_never_taken_back(self, family: Family, proposal: PayoutProposal) -> None:
        self.change(proposal, confirmed_at=clock.now(), confirmed_by=family.wang.pk)
        with pytest.raises(ProgrammingError):
            self.change(proposal, confirmed_at=None, confirmed_by=None)

    def test_a_return_is_paid_again_once(self, family: Family, proposal: PayoutProposal) -> None:
        self.change(proposal, confirmed_at=clock.now(), confirmed_by=family.wang.pk)
        second = self.anew(proposal)
        with pytest.raises(IntegrityError, match="one_payout_per_return"):
            self.change(second, confirmed_at=clock.now(), confirmed_by=family.wang.pk)

    def test_it_begins_open_and_is_about_money(self, family: Family, proposal: PayoutProposal) -> None:
        self.change(proposal, dropped_at=clock.now())
        with pytest.raises(ProgrammingError), transaction.atomic():
            self.anew(proposal, confirmed_at=clock.now(), confirmed_by_id=family.wang.pk)
        with pytest.raises(IntegrityError, match="payout_amount_is_positive"), transaction.atomic():
            self.anew(proposal, amount_fen=0)

    def test_it_is_kept(self, proposal: PayoutProposal) -> None:
        with pytest.raises(ProgrammingError), transaction.atomic():
            PayoutProposal.objects.filter(pk=proposal.pk)._raw_delete("default")

    def test_a_claim_never_changes_its_insurer(self, proposal: PayoutProposal) -> None:
        with pytest.raises(ProgrammingError), transaction.atomic():
            Claim.objects.filter(pk=proposal.claim_id).update(insurer="dahe")
