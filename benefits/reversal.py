"""Taking a bill out of a year: re-run without it, the difference reported. Source: Shandong 三(二), 四."""

from __future__ import annotations

from collections.abc import Sequence

from benefits.adjudication import adjudicate
from benefits.errors import BadValue
from benefits.model import Bill, BillDifference, Decision, Person, Reversal, YearSoFar
from benefits.plan import Plan


def run_year(
    plan: Plan, person: Person, bills: Sequence[Bill], opening: YearSoFar | None = None
) -> tuple[Decision, ...]:
    """Adjudicate a year's bills in the given order, each on the year the one before left."""
    year = opening or YearSoFar()
    decisions = []
    for bill in bills:
        decision = adjudicate(plan, person, year, bill)
        decisions.append(decision)
        year = decision.year_after
    return tuple(decisions)


def reverse(
    plan: Plan, person: Person, bills: Sequence[Bill], reversed_bill_id: str, *, opening: YearSoFar | None = None
) -> Reversal:
    """Re-run the year without one bill.

    `bills`: all bills of the year in the order they were adjudicated, the reversed one among them. `opening`: the year
    before the first of them. The differences are per bill; the reversed bill's own is minus all it was paid.
    Raises BadValue when the bill is not in the list, or more than one carries its id.
    """
    found = [bill for bill in bills if bill.id == reversed_bill_id]
    if not reversed_bill_id or len(found) != 1:
        raise BadValue(
            "reversed_bill_id", f"{len(found)} of the year's bills have the id {reversed_bill_id!r}; exactly one must"
        )
    before = run_year(plan, person, bills, opening)
    after = run_year(plan, person, [bill for bill in bills if bill.id != reversed_bill_id], opening)
    paid_after = {decision.bill_id: decision.payable_fen for decision in after}
    differences = tuple(BillDifference(d.bill_id, d.payable_fen, paid_after.get(d.bill_id, 0)) for d in before)
    return Reversal(
        reversed_bill_id=reversed_bill_id,
        differences=tuple(d for d in differences if d.difference_fen or d.bill_id == reversed_bill_id),
        decisions=after,
        year_after=after[-1].year_after if after else opening or YearSoFar(),
    )
