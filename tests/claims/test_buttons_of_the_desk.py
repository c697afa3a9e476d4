"""Which of the desk's four buttons can be pressed: by the claim's state, the role, and the insurer it is held for."""

from __future__ import annotations

import pytest

from claims.admin.desk import buttons
from claims.lifecycle import ClaimState as S
from claims.models import Claim, Decision, MaterialsRequest, PayoutProposal
from core import clock
from core.actors import Actor, Grant
from tests.claims.people import Family

REVIEW, APPROVE, SUPERVISE = "claims.review", "claims.approve", "claims.supervise"
HERE, THERE = "xiaoshan", "dahe"
ZHOU, WANG = 8, 9


def holder(user_id: int, insurer: str, *permissions: str) -> Actor:
    return Actor(user_id, "staff", (Grant(frozenset(permissions), {"insurer": frozenset({insurer})}),))


@pytest.fixture
def claim(family: Family) -> Claim:
    claim = family.starts()
    assert claim.insurer_id == HERE
    claim.reviewer_id = ZHOU
    return claim


def can_press(claim: Claim, state: S, who: Actor, *, payout: PayoutProposal | None = None) -> set[str]:
    """On Zhou's proposal."""
    claim.state = state
    return {button.verb for button in buttons(claim, Decision(proposed_by_id=ZHOU), payout, who) if not button.off}


def test_a_claim_that_waits_is_taken_by_a_reviewer_of_its_insurer(claim: Claim) -> None:
    assert can_press(claim, S.SUBMITTED, holder(ZHOU, HERE, REVIEW)) == {"take"}
    assert can_press(claim, S.SUBMITTED, holder(ZHOU, THERE, REVIEW)) == set()
    assert can_press(claim, S.SUBMITTED, holder(WANG, HERE, APPROVE, SUPERVISE)) == set()


def test_her_own_claim_under_review_is_zhous_to_propose(claim: Claim) -> None:
    assert can_press(claim, S.UNDER_REVIEW, holder(ZHOU, HERE, REVIEW)) == {"propose", "materials", "decline"}
    assert can_press(claim, S.UNDER_REVIEW, holder(ZHOU, THERE, REVIEW)) == set()
    assert can_press(claim, S.UNDER_REVIEW, holder(ZHOU, HERE)) == set()
    assert can_press(claim, S.UNDER_REVIEW, holder(WANG, HERE, REVIEW)) == {"take"}


def test_papers_are_asked_for_again_by_a_supervisor_only(claim: Claim, family: Family) -> None:
    MaterialsRequest.objects.create(
        claim=claim, sequence=1, items=["INVOICE"], requested_by=family.zhou, requested_at=clock.now()
    )
    assert can_press(claim, S.UNDER_REVIEW, holder(ZHOU, HERE, REVIEW)) == {"propose", "decline"}
    assert can_press(claim, S.UNDER_REVIEW, holder(WANG, HERE, APPROVE, SUPERVISE)) == {"materials"}
    assert can_press(claim, S.UNDER_REVIEW, holder(WANG, THERE, APPROVE, SUPERVISE)) == set()
    assert can_press(claim, S.UNDER_REVIEW, holder(WANG, HERE, APPROVE)) == set()


def test_a_proposal_is_approved_by_somebody_else_of_the_same_insurer(claim: Claim) -> None:
    assert can_press(claim, S.PROPOSED, holder(WANG, HERE, APPROVE)) == {"approve", "send_back", "decline"}
    assert can_press(claim, S.PROPOSED, holder(WANG, THERE, APPROVE)) == set()
    assert can_press(claim, S.PROPOSED, holder(WANG, HERE, REVIEW)) == set()
    assert can_press(claim, S.PROPOSED, holder(ZHOU, HERE, APPROVE)) == {"send_back", "decline"}


def test_money_that_came_back_is_proposed_by_one_and_confirmed_by_another(claim: Claim, family: Family) -> None:
    family.names_account(claim)
    by_zhou = PayoutProposal(proposed_by_id=ZHOU)
    for may_propose in (REVIEW, APPROVE):
        assert can_press(claim, S.PAYOUT_FAILED, holder(ZHOU, HERE, may_propose)) == {"propose_payout"}
        assert can_press(claim, S.PAYOUT_FAILED, holder(ZHOU, THERE, may_propose)) == set()
    assert can_press(claim, S.PAYOUT_FAILED, holder(ZHOU, HERE)) == set()
    confirm = {"confirm_payout", "send_back"}
    assert can_press(claim, S.PAYOUT_FAILED, holder(WANG, HERE, APPROVE), payout=by_zhou) == confirm
    assert can_press(claim, S.PAYOUT_FAILED, holder(WANG, THERE, APPROVE), payout=by_zhou) == set()
    assert can_press(claim, S.PAYOUT_FAILED, holder(WANG, HERE, REVIEW), payout=by_zhou) == set()
    assert can_press(claim, S.PAYOUT_FAILED, holder(ZHOU, HERE, APPROVE), payout=by_zhou) == {"send_back"}
