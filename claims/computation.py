"""From a claim to what the plan pays: the one place where this room and benefits meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import benefits
from claims.models import Claim, ClaimBill, YearAccount
from enrollment.lifecycle import PolicyState
from enrollment.models import Policy
from products.plan_terms import benefits_plan

# Names that ClaimBill and benefits.Bill share, all in fen.
BILL_AMOUNTS = (
    "total_fen",
    "in_scope_fen",
    "class_b_first_fen",
    "over_limit_fen",
    "out_of_catalogue_fen",
    "deductible_fen",
    "basic_fund_paid_fen",
    "critical_illness_paid_fen",
    "large_amount_paid_fen",
    "civil_servant_paid_fen",
    "assistance_paid_fen",
    "other_paid_fen",
    "hospital_borne_fen",
    "account_paid_fen",
    "cash_paid_fen",
)


@dataclass(frozen=True)
class Computed:
    """payable_fen and the whole of benefits.Decision as JSON, with the terms it ran on."""

    payable_fen: int
    trace: dict[str, Any]
    year_after: dict[str, Any]
    plan_name: str
    plan_sha256: str


def compute(claim: Claim, year: YearAccount) -> Computed:
    """Pure in claim, year and plan: the same three give the same fen. The plan is the text that was filed and sold,
    kept with the plan year: a later edit of the file changes nothing for policies already issued.
    """
    bill = claim.bill
    plan_year = claim.policy.plan_year
    plan = benefits_plan(plan_year, on=bill.admitted_on)
    before = benefits.year_from_json(year.year_so_far) if year.year_so_far else benefits.YearSoFar()
    decision = benefits.adjudicate(plan, person_of(claim.policy, bill), before, bill_of(claim))
    return Computed(
        payable_fen=decision.payable_fen,
        trace=benefits.object_to_json(decision),
        year_after=benefits.object_to_json(decision.year_after),
        plan_name=plan_year.benefits_plan,
        plan_sha256=plan_year.benefits_sha256,
    )


def person_of(policy: Policy, bill: ClaimBill) -> benefits.Person:
    """Nothing that identifies anybody goes into the stored computation: the person is the policy's number."""
    years, claim_free = continuity(policy)
    return benefits.Person(
        id=policy.number,
        birth_date=policy.insured.birth_date,
        insured_type=bill.insurance_type if bill.insurance_type in ("employee", "resident") else "resident",
        continuous_years=years,
        claim_free_years=claim_free,
        cover_from=policy.cover_from,
        cover_to=policy.cover_to,
    )


def continuity(policy: Policy) -> tuple[int, int]:
    """(consecutive years insured, this one included; consecutive years before it without any payout). B6.

    A year counts as following when its cover begins on the day on which the earlier one ended.
    """
    years, claim_free, unbroken, begins = 1, 0, True, policy.cover_from
    earlier = Policy.objects.filter(insured_id=policy.insured_id, state=PolicyState.ISSUED, cover_to__lte=begins)
    for previous in earlier.select_related("year_account").order_by("-cover_to"):
        if previous.cover_to != begins:
            break
        account = getattr(previous, "year_account", None)
        unbroken = unbroken and (account is None or account.paid_fen == 0)
        years, claim_free, begins = years + 1, claim_free + unbroken, previous.cover_from
    return years, claim_free


def bill_of(claim: Claim) -> benefits.Bill:
    bill = claim.bill
    amounts = {name: getattr(bill, name) for name in BILL_AMOUNTS}
    return benefits.Bill(
        id=claim.number,
        encounter_type=bill.encounter_type,
        hospital_level=bill.hospital_level,
        place=bill.place,
        designated=bill.designated,
        diagnoses=tuple(diagnosis["code"] for diagnosis in bill.diagnoses),
        lines=tuple(benefits.BillLine(**line) for line in bill.lines),
        admitted_on=bill.admitted_on,
        discharged_on=bill.discharged_on,
        **amounts,
    )
