"""The demonstration's claims are made by real actions, and only once."""

from __future__ import annotations

from claims.lifecycle import ClaimState
from core import clock
from demo.claims import create_demo_claims
from tests.claims.people import LI_HIP, Family


def test_relatives_claims_stand_at_two_points_and_lis_own_stay_is_left_to_try(family: Family) -> None:
    people = {"filed_by": family.li, "reviewer": family.zhou, "approver": family.wang}
    first = create_demo_claims(**people, now=clock.now())
    again = create_demo_claims(**people, now=clock.now())
    assert [claim.pk for claim in first] == [claim.pk for claim in again]
    states = {
        claim.bills.get().encounter_type: claim.state for claim in first if claim.insured == family.people["王桂英"]
    }
    assert states == {"inpatient": ClaimState.NOTHING_DUE, "chronic_outpatient": ClaimState.SUBMITTED}
    assert family.starts(LI_HIP).state == ClaimState.DRAFT
