"""A bill as the engine takes it: named amounts and, for each line selector of the plan, the lines that fit.

The same rows feed one adjudication and the arrays of a simulation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from benefits.errors import BadValue
from benefits.model import BILL_AMOUNTS, Bill, BillLine, Doubt, amounts_of_role
from benefits.money import MAX_FEN, check_fen
from benefits.plan import LineSelector, Plan
from benefits.returns import net_of_returns
from benefits.runs import Slot
from benefits.schedule import ONE, Fen, Ops
from benefits.sums import PAID, PARTS, LineRooms, doubts_of

Slots = tuple[Slot, ...]
"""Each line that fits a selector, by its drug or item code, in the order of the bill."""


class TakenOut(NamedTuple):
    """A fee line that the plan does not insure: its place on the bill, by which selector, and what it took out of the
    amounts inside and outside the catalogue."""

    place: int
    selector: str
    inside: int
    outside: int


@dataclass(frozen=True, slots=True)
class Intake:
    """Amounts by name (fen) and lines by selector key."""

    amounts: dict[str, int]
    slots: dict[str, Slots]
    doubts: tuple[Doubt, ...] = ()
    taken_out: tuple[TakenOut, ...] = ()


def selectors_of(plan: Plan) -> Iterator[LineSelector]:
    """Every line selector the plan uses, bases first."""
    for responsibility in plan.responsibilities:
        for term in responsibility.base:
            if term.lines is not None:
                yield term.lines
        for limit in responsibility.limits:
            if limit.lines is not None:
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


STATED = tuple(amount.name for amount in amounts_of_role("total", "person"))
"""Amounts a record may lack; NOT_STATED marks them in arrays and intake alike."""

NOT_STATED = -1

PLAIN_AMOUNTS = tuple(amount.name for amount in BILL_AMOUNTS if amount.name not in STATED)


FIELDS = tuple((name, f"{name}_fen") for name in PLAIN_AMOUNTS)
STATED_FIELDS = tuple((name, f"{name}_fen") for name in STATED)


def derive(amounts: dict[str, Fen], own: tuple[str, ...], ops: Ops) -> None:
    """Add total and personal. One definition for a bill and for arrays of bills.

    Personal: what the person really paid: account and cash when the record has them, never above the total less what
    the funds and the hospital paid.
    """
    total: Fen = 0
    for name in (*PARTS, *own):
        total = total + amounts[name]
    total = ops.where(amounts["total"] == NOT_STATED, total, amounts["total"])
    rest = total - amounts["hospital_borne"]
    for name in PAID:
        rest = rest - amounts[name]
    rest = ops.maximum(rest, 0)
    cash = amounts["cash_paid"]
    stated = cash + ops.maximum(amounts["account_paid"], 0)
    amounts["total"] = total
    amounts["personal"] = ops.where(cash == NOT_STATED, rest, ops.minimum(rest, stated))


def _amounts(plan: Plan, bill: Bill) -> dict[str, int]:
    unknown = set(bill.other_amounts_fen) - set(plan.amounts)
    if unknown:
        names = ", ".join(plan.amounts) or "none"
        raise BadValue(
            "bill.other_amounts_fen", f"{plan.id} has no amount {', '.join(sorted(unknown))}; it names {names}"
        )
    amounts: dict[str, int] = {}
    for name, field in FIELDS:
        value = getattr(bill, field)
        amounts[name] = value if type(value) is int and 0 <= value <= MAX_FEN else check_fen(f"bill.{field}", value)
    for name in plan.amounts:
        amounts[name] = check_fen(f"bill.other_amounts_fen.{name}", bill.other_amounts_fen.get(name, 0))
    for name, field in STATED_FIELDS:
        value = getattr(bill, field)
        amounts[name] = NOT_STATED if value is None else check_fen(f"bill.{field}", value)
    derive(amounts, plan.amounts, ONE)
    check_fen("bill.total_fen", amounts["total"])
    return amounts


def take_in(plan: Plan, bill: Bill, excluded: tuple[LineSelector, ...] = ()) -> Intake:
    """Amounts and selected lines of a bill. Lines excluded by the plan are taken out of their amounts first.

    Raises BadValue / AmountOutOfRange naming the amount. Amounts that contradict each other are told (`doubts`).
    """
    amounts = _amounts(plan, bill)
    for i, line in enumerate(bill.lines):
        # A returned item is negative as a whole: both of its amounts.
        sign = -1 if line.amount_fen < 0 else 1
        check_fen(f"bill.lines[{i}].amount_fen", sign * line.amount_fen)
        check_fen(f"bill.lines[{i}].out_of_catalogue_fen", sign * line.self_paid_fen)
        if sign * line.self_paid_fen > sign * line.amount_fen:
            raise BadValue(f"bill.lines[{i}].out_of_catalogue_fen", "is above the line's amount")
    lines, returns = net_of_returns(bill.lines)
    doubts = (*doubts_of(replace(bill, lines=lines), amounts, plan.amounts), *returns)
    kept: list[tuple[int, BillLine]] = []
    taken_out: list[TakenOut] = []
    for i, line in enumerate(lines):
        why = next((selector for selector in excluded if fits(plan, selector, line)), None)
        if why is None:
            kept.append((i, line))
            continue
        outside = min(amounts["out_of_catalogue"], line.self_paid_fen)
        inside = min(amounts["in_scope"], line.amount_fen - line.self_paid_fen)
        amounts["out_of_catalogue"] -= outside
        amounts["in_scope"] -= inside
        taken_out.append(TakenOut(i, why.key, inside, outside))
    rooms = LineRooms(amounts)
    held = [(i, line, *rooms.take(line)) for i, line in kept]
    slots: dict[str, Slots] = {}
    for selector in selectors_of(plan):
        whole = selector.measure == "amount"
        slots[selector.key] = tuple(
            Slot(line.code or line.name, amount if whole else outside, line.quantity, i)
            for i, line, outside, amount in held
            if fits(plan, selector, line)
        )
    return Intake(amounts, slots, doubts, tuple(taken_out))
