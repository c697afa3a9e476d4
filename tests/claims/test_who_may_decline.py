"""Declining is the reviewer's while she reviews, and an approver's once there is a proposal."""

from __future__ import annotations

import pytest

from accounts.models import User
from claims import actions
from claims.lifecycle import ClaimState
from claims.models import Claim
from core import clock
from core.errors import NotAllowed
from tests.claims.people import LI_HIP, Family, desk_page


def declines(claim: Claim, who: User) -> Claim:
    return actions.decline_claim(
        claim=claim, seen=desk_page(claim), reason="由第三方负责", actor=who.actor(), now=clock.now()
    )


def test_while_it_is_reviewed_an_approver_does_not(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    family.takes(claim)
    with pytest.raises(NotAllowed) as refused:
        declines(claim, family.wang)
    assert refused.value.code == "not_allowed"
    assert declines(family.again(claim), family.zhou).state == ClaimState.DECLINED


def test_whoever_may_not_hears_that_and_not_that_something_has_changed(family: Family) -> None:
    """Wang Lei approves; the claim is still reviewed, and her page is of before Zhou Min took it: 403, not 409."""
    claim = family.hands_in(LI_HIP)
    old = desk_page(claim)
    family.takes(claim)
    with pytest.raises(NotAllowed) as refused:
        actions.decline_claim(claim=claim, seen=old, reason="", actor=family.wang.actor(), now=clock.now())
    assert (refused.value.code, refused.value.status) == ("not_allowed", 403)


def test_once_it_is_proposed_the_reviewer_does_not(family: Family) -> None:
    claim, _decision = family.is_proposed(LI_HIP)
    with pytest.raises(NotAllowed) as refused:
        declines(claim, family.zhou)
    assert refused.value.code == "not_allowed"
    assert declines(family.again(claim), family.wang).state == ClaimState.DECLINED
