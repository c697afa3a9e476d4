"""A bill as the engine takes it: named amounts and, for each line selector of the plan, the lines that fit.

The same rows feed one adjudication and the arrays of a simulation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benefits.errors import BadValue
from benefits.model import LAYERS, Bill, BillLine
from benefits.money import check_fen
from benefits.plan import LineSelector, Plan

Slots = tuple[tuple[str, int], ...]
"""(drug or item code, fen) of each line that fits a selector, in the order of the bill."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Amounts by name (fen) and lines by selector key."""

    amounts: dict[str, int]
    slots: dict[str, Slots]


def selectors_of(plan: Plan) -> Iterator[LineSelector]:
    """Every line selector the plan uses, bases first."""
    for responsibility in plan.responsibilities:
        for term in responsibility.base:
            if term.lines is not None:
                yield term.lines
        for limit in responsibility.limits:
            yield limit.lines


def fits(plan: Plan, selector: LineSelector, line: BillLine) -> bool:
    """Whether a line carries every mark the selector asks for."""
    if selector.list_key is not None and not plan.lists[selector.list_key].holds(line.code, line.name):
        return False
    return (
        (not selector.kinds or line.kind in selector.kinds)
        and (not selector.catalogues or line.catalogue in selector.catalogues)
        and (not selector.codes or line.code in selector.codes)
        and (not selector.tags or not selector.tags.isdisjoint(line.tags))
    )


def _measure(selector: LineSelector, line: BillLine) -> int:
    return line.amount_fen if selector.measure == "amount" else line.self_paid_fen


def personal_fen(bill: Bill, total: int) -> int:
    """What the person really paid: account and cash when the record has them, else the total less what others paid."""
    paid_by_funds: int = sum(getattr(bill, f"{layer}_paid_fen") for layer in LAYERS)
    personal = max(total - paid_by_funds - bill.hospital_borne_fen, 0)
    if bill.cash_paid_fen is not None:
        personal = min(personal, bill.cash_paid_fen + (bill.account_paid_fen or 0))
    return personal


def _amounts(plan: Plan, bill: Bill) -> dict[str, int]:
    unknown = set(bill.other_amounts_fen) - set(plan.amounts)
    if unknown:
        raise BadValue(
            "bill.other_amounts_fen",
            f"{plan.id} has no amount named {', '.join(sorted(unknown))}; it names {', '.join(plan.amounts) or 'none'}",
        )
    parts = (
        bill.in_scope_fen,
        bill.class_b_first_fen,
        bill.over_limit_fen,
        bill.out_of_catalogue_fen,
        bill.special_drug_fen,
    )
    total = sum(parts) + sum(bill.other_amounts_fen.values()) if bill.total_fen is None else bill.total_fen
    amounts = {
        "total": total,
        "in_scope": bill.in_scope_fen,
        "class_b_first": bill.class_b_first_fen,
        "over_limit": bill.over_limit_fen,
        "out_of_catalogue": bill.out_of_catalogue_fen,
        "special_drug": bill.special_drug_fen,
        "above_fund_cap": bill.above_fund_cap_fen,
        "deductible": bill.deductible_fen,
        "personal": personal_fen(bill, total),
        "other_insurers_paid": bill.other_insurers_paid_fen,
    }
    for layer in LAYERS:
        amounts[f"{layer}_paid"] = getattr(bill, f"{layer}_paid_fen")
    for name in plan.amounts:
        amounts[name] = bill.other_amounts_fen.get(name, 0)
    for name, fen in amounts.items():
        check_fen(f"bill.{name}_fen", fen)
    return amounts


def take_in(plan: Plan, bill: Bill, excluded: tuple[LineSelector, ...] = ()) -> Intake:
    """Amounts and selected lines of a bill. Lines excluded by the plan are taken out of their amounts first.

    Raises BadValue / AmountOutOfRange naming the amount.
    """
    amounts = _amounts(plan, bill)
    lines = []
    for i, line in enumerate(bill.lines):
        check_fen(f"bill.lines[{i}].amount_fen", line.amount_fen)
        if line.self_paid_fen > line.amount_fen:
            raise BadValue(f"bill.lines[{i}].out_of_catalogue_fen", "is above the line's amount")
        if any(fits(plan, selector, line) for selector in excluded):
            amounts["out_of_catalogue"] = max(amounts["out_of_catalogue"] - line.self_paid_fen, 0)
            amounts["in_scope"] = max(amounts["in_scope"] - (line.amount_fen - line.self_paid_fen), 0)
        else:
            lines.append(line)
    slots: dict[str, Slots] = {}
    for selector in selectors_of(plan):
        chosen = [line for line in lines if fits(plan, selector, line)]
        slots[selector.key] = tuple((line.code or line.name, _measure(selector, line)) for line in chosen)
    return Intake(amounts, slots)
