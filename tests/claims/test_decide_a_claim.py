"""From handing in to the decision: one person proposes, another approves; the plan computes (C4, C5, C6, A2)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError

from claims import actions, checking, computation, selectors
from claims.lifecycle import ClaimState
from claims.models import Claim, Decision, YearAccount
from core import clock, guards
from core.errors import DomainError
from ledger.selectors import balance_fen
from payments.models import Transfer
from sandbox.testing import Sandbox
from tests.accounts.people import staff
from tests.claims.people import (
    LI_HIP,
    LI_SECOND,
    LI_SECOND_STAY,
    WANG_PNEUMONIA,
    ZHANG_STENT,
    ZHANG_STOMACH,
    Family,
    desk_page,
    own_page,
)


def computed(claim: Claim) -> computation.Computed:
    return computation.compute(claim, selectors.year_of(claim), computation.terms_of(claim))


def test_li_receives_9060_00_for_her_hip(family: Family) -> None:
    """Compliant self-pay 27,080.00 less the deductible of 15,000.00 at 75 % is 9,060.00; the 12,340.00 outside the
    catalogue stay below their own deductible of 20,000.00. Sanmenxia 三(三)1, 三(三)2, 三(五).
    """
    claim, decision = family.is_proposed(LI_HIP)
    assert decision.payable_fen == 906_000
    assert claim.state == ClaimState.PROPOSED
    family.approves(claim, decision)
    claim = family.again(claim)
    assert claim.state == ClaimState.PAYING
    assert [event.name for event in claim.events.all()] == [
        "claim.submitted",
        "claim.taken",
        "claim.proposed",
        "claim.approved",
        "claim.payout_started",
    ]


def test_approval_writes_ledger_year_and_payout_together(family: Family) -> None:
    claim = family.is_approved(LI_HIP)
    assert balance_fen("expense.claims", plan_year="smx-2026") == 906_000
    assert balance_fen("liability.claims_payable", plan_year="smx-2026") == -906_000
    transfer = Transfer.objects.get(purpose="claims.payout", purpose_ref=f"{claim.number}-1")
    assert (transfer.amount_fen, transfer.payee_name, transfer.plan_year) == (906_000, "李秀兰", "smx-2026")
    year = YearAccount.objects.get(policy=claim.policy)
    assert (year.version, year.paid_fen) == (1, 906_000)
    assert year.year_so_far == Decision.objects.get(claim=claim).year_after


def test_a_bill_below_the_deductible_is_decided_with_nothing_to_pay_and_still_counts(family: Family) -> None:
    """Wang Guiying's pneumonia: 11,050.00 of compliant self-pay stay below 15,000.00."""
    claim = family.is_approved(WANG_PNEUMONIA, of="王桂英")
    assert claim.state == ClaimState.NOTHING_DUE
    assert not Transfer.objects.exists()
    assert balance_fen("expense.claims", plan_year="smx-2026") == 0
    year = YearAccount.objects.get(policy=claim.policy)
    assert year.paid_fen == 0
    assert year.year_so_far["running"]["compliant_self_pay"]["base_fen"] == 1_105_000


# maker and checker -----------------------------------------------------------------------------------------------


def test_nobody_approves_what_he_proposed_even_with_both_roles(family: Family) -> None:
    both = staff("chenli", "claims_reviewer", "claims_approver", name="陈立")
    claim = family.hands_in(LI_HIP)
    family.takes(claim, by=both)
    decision = family.proposes(family.again(claim), by=both)
    with pytest.raises(DomainError) as refusal:
        family.approves(claim, decision, by=both)
    assert (refusal.value.code, refusal.value.status) == ("own_proposal", 403)
    assert family.again(claim).state == ClaimState.PROPOSED
    assert not Transfer.objects.exists()


def test_with_that_guard_off_the_database_still_refuses(family: Family) -> None:
    both = staff("chenli", "claims_reviewer", "claims_approver", name="陈立")
    claim = family.hands_in(LI_HIP)
    family.takes(claim, by=both)
    decision = family.proposes(family.again(claim), by=both)
    with (
        guards.off("claims.second_person"),
        pytest.raises(IntegrityError, match="maker_is_not_checker"),
        transaction.atomic(),
    ):
        family.approves(claim, decision, by=both)


def test_a_reviewer_without_the_role_cannot_approve_and_an_approver_cannot_propose(family: Family) -> None:
    claim, decision = family.is_proposed(LI_HIP)
    second_reviewer = staff("liuyang", "claims_reviewer", name="刘洋")
    with pytest.raises(DomainError) as refusal:
        family.approves(claim, decision, by=second_reviewer)
    assert refusal.value.code == "not_allowed"
    with pytest.raises(DomainError) as refusal:
        family.proposes(claim, by=family.wang)
    assert refusal.value.code == "not_allowed"


def test_only_the_reviewer_who_took_it_works_on_a_claim_until_another_takes_it_over(family: Family) -> None:
    second = staff("liuyang", "claims_reviewer", name="刘洋")
    claim = family.hands_in(LI_HIP)
    family.takes(claim)
    with pytest.raises(DomainError, match="周敏") as refusal:
        family.proposes(family.again(claim), by=second)
    assert refusal.value.code == "not_the_reviewer"
    family.takes(claim, by=second)
    assert family.proposes(family.again(claim), by=second).payable_fen == 906_000


# what is fixed ---------------------------------------------------------------------------------------------------


def test_figures_approval_and_existence_of_a_decision_are_fixed_in_the_database(family: Family) -> None:
    claim, decision = family.is_proposed(LI_HIP)
    own = Decision.objects.filter(pk=decision.pk)
    with pytest.raises(ProgrammingError), transaction.atomic():
        own.update(payable_fen=9_060_000)
    family.approves(claim, decision)
    for change in ({"approved_by": family.zhou}, {"approved_at": clock.now() + timedelta(days=1)}):
        with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
            own.update(**change)
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        own.update(superseded_at=clock.now())
    with pytest.raises(ProgrammingError), transaction.atomic():
        own._raw_delete("default")


def test_states_move_only_along_the_lifecycle_also_by_raw_sql(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(state=ClaimState.PAID)


def test_an_imported_bill_never_changes(family: Family) -> None:
    bill = family.starts(LI_HIP).bills.get()
    with pytest.raises(ProgrammingError), transaction.atomic():
        type(bill).objects.filter(pk=bill.pk).update(amounts={"total_fen": 1})


# somebody was quicker --------------------------------------------------------------------------------------------


def test_when_the_year_moved_on_the_amount_is_computed_anew_and_looked_at_again(
    family: Family, outside: Sandbox
) -> None:
    """Li's second stay alone stays below the deductible. After the first was decided it is paid 7,500.00."""
    outside.control("POST", "stays", LI_SECOND_STAY)
    second, proposal = family.is_proposed(LI_SECOND)
    assert proposal.payable_fen == 0
    family.is_approved(LI_HIP)
    with pytest.raises(DomainError) as refusal:
        family.approves(second, proposal)
    assert (refusal.value.code, refusal.value.status) == ("proposal_outdated", 409)
    anew = selectors.proposal_of(second)
    assert anew is not None
    assert (anew.version, anew.payable_fen, anew.proposed_by_id) == (2, 750_000, family.zhou.pk)
    assert family.again(second).state == ClaimState.PROPOSED
    family.approves(second, anew)
    assert family.again(second).state == ClaimState.PAYING
    assert YearAccount.objects.get(policy=second.policy).paid_fen == 906_000 + 750_000


def test_a_bill_taken_back_after_the_proposal_is_not_paid(family: Family, outside: Sandbox) -> None:
    """The hospital takes the settlement back (2305) between hand-in and approval: nothing is owed on it."""
    outside.control("POST", "stays", LI_SECOND_STAY)
    claim, decision = family.is_proposed(LI_SECOND)
    outside.control("POST", "stays", {**LI_SECOND_STAY, "refunded": True})
    with pytest.raises(DomainError) as refusal:
        family.approves(claim, decision)
    assert (refusal.value.code, refusal.value.status) == ("settlement_reversed", 409)
    assert family.again(claim).state == ClaimState.PROPOSED
    assert selectors.decision_of(claim) is None


def test_a_silent_platform_holds_no_approval_up_and_the_record_says_so(family: Family, outside: Sandbox) -> None:
    claim, decision = family.is_proposed(LI_HIP)
    outside.fault("nhsa", "5203", "error_before", count=50)
    family.approves(claim, decision)
    assert family.again(claim).state == ClaimState.PAYING
    approved = claim.events.get(new_state=ClaimState.APPROVED)
    assert approved.reason != ""
    outside.reset()
    second = family.is_approved(WANG_PNEUMONIA, of="王桂英")
    assert second.events.get(new_state=ClaimState.APPROVED).reason == ""


def test_approving_a_version_that_is_no_longer_there_changes_nothing(family: Family) -> None:
    claim, first = family.is_proposed(LI_HIP)
    actions.send_back(
        claim=claim, seen=desk_page(claim), reason="发票第二页看不清", actor=family.wang.actor(), now=clock.now()
    )
    second = family.proposes(family.again(claim))
    assert second.version == 2
    with pytest.raises(DomainError) as refusal:
        family.approves(claim, first)
    assert refusal.value.code == "changed_meanwhile"
    family.approves(claim, second)


def test_approving_twice_pays_once(family: Family) -> None:
    claim, decision = family.is_proposed(LI_HIP)
    family.approves(claim, decision)
    with pytest.raises(DomainError) as refusal:
        family.approves(claim, decision)
    assert refusal.value.code == "changed_meanwhile"
    assert Transfer.objects.count() == 1


def test_a_decision_follows_the_text_that_was_filed_not_todays_file(family: Family) -> None:
    """Had the filed text said 10,000.00, Li would get (27,080.00 - 10,000.00) x 75 % = 12,810.00."""
    claim = family.hands_in(LI_HIP)
    plan_year = claim.policy.plan_year
    assert computed(claim).payable_fen == 906_000
    plan_year.benefits_text = plan_year.benefits_text.replace("{value: 15000, ", "{value: 10000, ")
    assert computed(claim).payable_fen == 1_281_000


def test_computing_twice_gives_the_same_fen_and_the_same_words(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    first, second = (computed(claim) for _ in range(2))
    assert first == second


# declining ---------------------------------------------------------------------------------------------------------


def test_a_claim_is_declined_with_a_reason_the_resident_reads(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    family.takes(claim)
    claim = family.again(claim)
    with pytest.raises(DomainError) as refusal:
        actions.decline_claim(
            claim=claim, seen=desk_page(claim), reason="  ", actor=family.zhou.actor(), now=clock.now()
        )
    assert refusal.value.code == "reason_needed"
    actions.decline_claim(
        claim=claim, seen=desk_page(claim), reason="工伤，由工伤保险支付", actor=family.zhou.actor(), now=clock.now()
    )
    claim = family.again(claim)
    assert claim.state == ClaimState.DECLINED
    assert selectors.decline_reason(claim) == "工伤，由工伤保险支付"


# automatic checks --------------------------------------------------------------------------------------------------


def found(claim: Claim) -> dict[str, str]:
    return {row.code: row.result for row in checking.last_run(claim)}


def test_a_clean_claim_passes_every_automatic_check(family: Family) -> None:
    results = found(family.hands_in(LI_HIP))
    assert set(results) == set(checking.CHECKS)
    assert set(results.values()) == {"PASSED"}


def test_two_stays_that_overlap_are_pointed_out(family: Family) -> None:
    first = family.hands_in(ZHANG_STENT, of="张建国")
    assert found(first)["stays_do_not_overlap"] == "PASSED"
    second = family.hands_in(ZHANG_STOMACH, of="张建国")
    assert found(second)["stays_do_not_overlap"] == "LOOK"
    row = second.checks.get(code="stays_do_not_overlap")
    assert row.evidence == {"claims": [first.number]}


def test_the_same_photo_in_two_claims_is_pointed_out_but_one_may_use_ones_card_again(family: Family) -> None:
    from tests.claims import paper_files

    invoice, card = paper_files.photo("发票"), paper_files.photo("银行卡")
    claims = []
    for settlement in (ZHANG_STENT, ZHANG_STOMACH):
        claim = family.says(family.starts(settlement, of="张建国"))
        family.adds(claim, "INVOICE", invoice)
        family.adds(claim, "BANK_CARD", card)
        family.names_account(claim)
        claims.append(
            actions.submit_claim(
                claim=family.again(claim), seen=own_page(family.again(claim)), actor=family.li.actor(), now=clock.now()
            )
        )
    assert found(claims[0])["papers_are_new"] == "PASSED"
    assert claims[1].checks.get(code="papers_are_new").evidence == {"claims": [claims[0].number]}


def test_a_bill_taken_back_between_start_and_hand_in_fails_its_check(family: Family, outside: Sandbox) -> None:
    claim = family.prepares(LI_HIP)
    outside.fault("nhsa", "5203", "error_before", count=50)
    silent = actions.submit_claim(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=clock.now())
    assert found(silent)["bill_still_stands"] == "LOOK"


# the clock ----------------------------------------------------------------------------------------------------------


def test_working_days_are_counted_on_the_official_calendar(family: Family) -> None:
    """Handed in on 29 September 2026, before the National Day holidays: due on 19 October
    (Saturday the 10th is a make-up working day)."""
    claim = family.hands_in(LI_HIP, now=clock.midnight(date(2026, 9, 29)) + timedelta(hours=10))
    assert claim.review_due_on == date(2026, 10, 19)
    due = selectors.due_of(claim, now=clock.midnight(date(2026, 10, 16)))
    assert due is not None
    assert (due.workdays, due.kind) == (1, "look")
    late = selectors.due_of(claim, now=clock.midnight(date(2026, 10, 20)))
    assert late is not None
    assert (late.workdays, late.kind) == (-1, "stop")
