"""From a claim to what the plan pays: the one place where this room and benefits meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import benefits
from claims import errors
from claims.facts import gather
from claims.models import Claim, ClaimBill, YearAccount
from products.plans import plan_of


@dataclass(frozen=True)
class ComputedOne:
    """What one bill gives: the whole of benefits.Decision as JSON. facts: what it stands on, as claims.facts.sealed."""

    bill: ClaimBill
    payable_fen: int
    trace: dict[str, Any]
    facts: dict[str, Any]


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
    """Pure in claim, what is known of it, year and terms: the same give the same fen. Each bill is computed by the
    terms of its own day, on the year as the bill before it left it. Raises Conflict facts_unknown, cannot_compute."""
    plan_year = claim.policy.plan_year
    so_far = benefits.year_from_json(year.year_so_far) if year.year_so_far else benefits.YearSoFar()
    done = []
    for bill in claim.bills.all():
        number = f"{claim.number}-{bill.position}"
        try:
            plan = terms.on(bill.admitted_on)
            known = gather(claim, bill, plan)
            known.require()
            decision = benefits.adjudicate(plan, known.person(), so_far, known.bill(number))
        except benefits.BenefitsError as error:
            raise errors.cannot_compute(str(error)) from error
        so_far = decision.year_after
        done.append(ComputedOne(bill, decision.payable_fen, benefits.object_to_json(decision), known.sealed))
    return Computed(
        bills=tuple(done),
        year_after=benefits.object_to_json(so_far),
        plan_name=plan_year.benefits_plan,
        plan_sha256=plan_year.benefits_sha256,
    )
