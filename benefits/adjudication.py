"""One bill of one person: `adjudicate(plan, person, year_so_far, bill) -> Decision`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from benefits.conditions import ALWAYS, Condition
from benefits.engine import Settlement, settle
from benefits.errors import BadValue
from benefits.explain import Explanation
from benefits.facts import Facts, bill_day, facts_of
from benefits.intake import Intake, take_in
from benefits.model import (
    Accumulator,
    Bill,
    Decision,
    LayerPayment,
    Person,
    ResponsibilityResult,
    YearSoFar,
)
from benefits.opening import EARLIER_BILLS, check_year, earlier_bills, infer_unknown
from benefits.plan import Exclusion, Limit, LineSelector, Plan, WaitingPeriod
from benefits.receipt import ReceiptOfBill
from benefits.runs import Slot
from benefits.schedule import ONE, Ops
from benefits.terms import Terms, TermSet


class OneBill:
    """The engine's context for one bill: plain ints and dictionaries."""

    ops: Ops = ONE

    def __init__(
        self, plan: Plan, facts: Facts, intake: Intake, year: YearSoFar, covered: bool, day: date | None
    ) -> None:
        self.plan, self.facts, self.intake, self.covered, self.day = plan, facts, intake, covered, day
        self.pools = dict(year.pools)
        self.counts = dict(year.counts)
        self.totals: dict[str, Accumulator] = dict(year.running)
        infer_unknown(plan, self)

    def amount(self, name: str) -> int:
        return self.intake.amounts[name]

    def unnamed_drug(self) -> str:
        return ""

    def slots(self, selector: str) -> Sequence[Slot]:
        return self.intake.slots[selector]

    def holds(self, condition: Condition) -> bool:
        return condition is ALWAYS or condition.holds(self.facts)

    def terms(self, terms: TermSet, drug: str | None = None) -> Terms:
        if not terms.adjustments:
            return terms.terms(0)
        facts = self.facts if drug is None else Facts(self.facts, drug=drug)
        return terms.terms(terms.mask_for(facts))

    def running(self, key: str, drug: str | None = None) -> tuple[int, int, int]:
        known = self.totals.get(key if drug is None else f"{key}/{drug}")
        return (0, 0, 0) if known is None else (known.base_fen, known.deductible_used_fen or 0, known.paid_fen or 0)

    def run(self, key: str, totals: tuple[int, int, int], drug: str | None = None) -> None:
        if drug is not None:  # a per-drug total moves the responsibility's own total too
            before, whole = self.running(key, drug), self.running(key)
            self.totals[f"{key}/{drug}"] = Accumulator(*totals)
            totals = (
                whole[0] + totals[0] - before[0],
                whole[1] + totals[1] - before[1],
                whole[2] + totals[2] - before[2],
            )
        self.totals[key] = Accumulator(*totals)

    def pool(self, key: str) -> int:
        return self.pools.get(key, 0)

    def use_pool(self, key: str, fen: int) -> None:
        if fen:
            self.pools[key] = self.pools.get(key, 0) + fen

    def part(self, key: str) -> tuple[int, int]:
        return self.counts.get(f"{key}.part", 0), self.counts.get(f"{key}.per", 1)

    def keep_part(self, key: str, part: int, per: int) -> None:
        if part:
            self.counts[f"{key}.part"], self.counts[f"{key}.per"] = part, per

    def limit_used(self, limit: Limit, drug: str | None) -> int:
        return self.counts.get(self._limit_name(limit, drug), 0)

    def use_limit(self, limit: Limit, drug: str | None, used: int) -> None:
        self.counts[self._limit_name(limit, drug)] = used

    def _limit_name(self, limit: Limit, drug: str | None) -> str:
        """Where a limit's use is kept: "own:pet", "own:pet/D1", "own:pet@2026-06", "own:pet@2026-Q2"."""
        if limit.per == "drug":
            return f"{limit.key}/{drug}"
        if limit.per not in ("month", "quarter"):
            return limit.key
        if self.day is None:
            raise BadValue("bill.admitted_on", f"is not known, but the plan has a limit per {limit.per}")
        span = f"Q{(self.day.month + 2) // 3}" if limit.per == "quarter" else f"{self.day.month:02d}"
        return f"{limit.key}@{self.day.year}-{span}"

    def year_after(self, year: YearSoFar, bill: Bill) -> YearSoFar:
        bills = (*year.bills, bill.id) if bill.id else year.bills
        self.counts[EARLIER_BILLS] = earlier_bills(year) + self.covered  # a refused bill is nobody's earlier bill
        return YearSoFar(self.totals, self.pools, self.counts, bills)


def waiting_applies(plan: Plan, waiting: WaitingPeriod, person: Person, bill: Bill, facts: Facts) -> bool:
    """Whether the bill lies in the days after cover began in which this person waits. Raises BadValue if undated."""
    if not waiting.days or bill.encounter_type in waiting.except_encounters or not waiting.condition.holds(facts):
        return False
    if person.cover_from is None:
        raise BadValue("person.cover_from", "is not known, but the plan has a waiting period")
    return (bill_day(plan, bill) - person.cover_from).days < waiting.days


def outside_cover(person: Person, day: date) -> bool:
    """Half-open cover: [cover_from, cover_to)."""
    before = person.cover_from is not None and day < person.cover_from
    return before or (person.cover_to is not None and day >= person.cover_to)


def refusals_of(plan: Plan, person: Person, bill: Bill, facts: Facts) -> tuple[list[Any], tuple[LineSelector, ...]]:
    """Why the whole bill is not insured ("cover", WaitingPeriod or Exclusion), and the line selectors taken out."""
    reasons: list[Any] = []
    excluded: list[LineSelector] = []
    if outside_cover(person, bill_day(plan, bill)):
        reasons.append("cover")
    reasons += [w for w in plan.waiting if waiting_applies(plan, w, person, bill, facts)]
    for exclusion in plan.exclusions:
        if exclusion.condition.holds(facts):
            if exclusion.lines is None:
                reasons.append(exclusion)
            else:
                excluded.append(exclusion.lines)
    return reasons, tuple(excluded)


def _refusal_code(reason: Any) -> str:
    if isinstance(reason, Exclusion):
        return f"exclusion:{reason.key}"
    return "waiting_period" if isinstance(reason, WaitingPeriod) else "outside_cover"


def adjudicate(plan: Plan, person: Person, year_so_far: YearSoFar, bill: Bill) -> Decision:
    """What the plan pays on a bill, why, and the year after it.

    Raises BadValue or AmountOutOfRange naming the field; a bill already in `year_so_far.bills` is refused the same way.
    Source: Sanmenxia 三(三), 三(五); accumulation Shandong 三(二), 四.
    """
    if bill.id and bill.id in year_so_far.bills:
        raise BadValue("bill.id", f"{bill.id} is already in this year; reverse it first")
    check_year(plan, year_so_far)
    facts = facts_of(plan, person, bill, year_so_far)
    reasons, excluded = refusals_of(plan, person, bill, facts)
    intake = take_in(plan, bill, excluded)
    context = OneBill(plan, facts, intake, year_so_far, not reasons, bill.admitted_on or bill.discharged_on)
    settlement = settle(plan, context)
    return _decision(plan, person, bill, context, settlement, reasons, year_so_far)


def _decision(
    plan: Plan,
    person: Person,
    bill: Bill,
    context: OneBill,
    settlement: Settlement,
    reasons: list[Any],
    year: YearSoFar,
) -> Decision:
    indemnity = sum(o.payable for o in settlement.outcomes if o.responsibility.compensation)
    trace = Explanation(plan, person, context.facts, settlement, reasons).steps()
    receipt = ReceiptOfBill(plan, context.facts, context.intake, settlement, reasons, year.pools, context.pools).made()
    return Decision(
        plan_id=plan.id,
        person_id=person.id,
        bill_id=bill.id,
        payable_fen=settlement.payable,
        personal_fen=settlement.personal,
        remaining_fen=max(settlement.personal - indemnity, 0),
        responsibilities=tuple(
            ResponsibilityResult(
                o.responsibility.key,
                o.responsibility.name.zh,
                o.responsibility.name.en,
                o.base,
                o.deductible,
                o.payable,
                o.responsibility.clause,
            )
            for o in settlement.outcomes
        ),
        layers=tuple(
            LayerPayment(o.layer.key, o.layer.name.zh, o.layer.name.en, o.paid, bool(o.simulated))
            for o in settlement.layers
            if o.paid or o.simulated
        ),
        year_after=context.year_after(year, bill),
        trace=tuple(trace),
        covered=not reasons,
        preexisting=bool(context.facts["preexisting"]),
        refusals=tuple(_refusal_code(reason) for reason in reasons),
        doubts=context.intake.doubts,
        receipt=receipt,
    )
