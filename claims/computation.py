"""From a claim to what the plan pays: the one place where this room and benefits meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import benefits
from claims import errors
from claims.models import Claim, ClaimBill, YearAccount
from enrollment.lifecycle import PolicyState
from enrollment.models import Policy
from products.plans import plan_of


@dataclass(frozen=True)
class ComputedOne:
    """What one bill gives: the whole of benefits.Decision as JSON."""

    bill: ClaimBill
    payable_fen: int
    trace: dict[str, Any]


@dataclass(frozen=True)
class Computed:
    """The claim's bills one after the other, in the order in which they were settled, with the terms they ran on."""

    bills: tuple[ComputedOne, ...]
    year_after: dict[str, Any]
    plan_name: str
    plan_sha256: str

    @property
    def payable_fen(self) -> int:
        return sum(one.payable_fen for one in self.bills)


def terms_of(claim: Claim) -> benefits.DatedPlan:
    """The compiled terms of the claim's plan year: the text that was filed and sold, kept with the plan year, so that a
    later edit of the file changes nothing for policies already issued, with the lists published for each day. Asked for
    before any lock is taken."""
    return plan_of(claim.policy.plan_year)


def compute(claim: Claim, year: YearAccount, terms: benefits.DatedPlan) -> Computed:
    """Pure in claim, year and terms: the same three give the same fen. Each bill is computed by the terms of its own
    day, on the year as the bill before it left it. Raises Conflict cannot_compute."""
    plan_year = claim.policy.plan_year
    so_far = benefits.year_from_json(year.year_so_far) if year.year_so_far else benefits.YearSoFar()
    done = []
    for bill in claim.bills.all():
        number = f"{claim.number}-{bill.position}"
        try:
            plan, person = terms.on(bill.admitted_on), person_of(claim.policy, bill)
            decision = benefits.adjudicate(plan, person, so_far, bill.as_benefits_bill(number))
        except benefits.BenefitsError as error:
            raise errors.cannot_compute(str(error)) from error
        so_far = decision.year_after
        done.append(ComputedOne(bill, decision.payable_fen, benefits.object_to_json(decision)))
    return Computed(
        bills=tuple(done),
        year_after=benefits.object_to_json(so_far),
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
