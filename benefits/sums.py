"""Whether the amounts of a bill add up. What does not is told with the decision; a person settles it.

Nothing is computed on money that the bill does not hold: lines count at most what the bill's own amounts leave them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benefits.model import Bill, BillLine, Doubt, amounts_of_role
from benefits.money import yuan

PAID = tuple(amount.name for amount in amounts_of_role("layer"))
"""What each earlier layer paid, in order."""

PARTS = tuple(amount.name for amount in amounts_of_role("part"))
"""The parts of a bill; with a plan's own amounts they add up to the total when no total is given."""

INSIDE = ("in_scope", "class_b_first", "over_limit")
"""Parts in which the insured part of a line lies."""


def doubts_of(bill: Bill, amounts: Mapping[str, int], own: tuple[str, ...]) -> tuple[Doubt, ...]:
    """`amounts`: as they stand on the bill, before anything is taken out; `own`: amounts that the plan names."""
    return tuple(_doubts(bill, amounts, own))


def _above(code: str, zh: str, en: str, more: int, less: int) -> Iterator[Doubt]:
    if more > less:
        yield Doubt(
            code,
            f"账单金额对不上：{zh.format(yuan(more), yuan(less))}。请核对账单。",
            f"The amounts of the bill do not add up: {en.format(yuan(more), yuan(less))}. Please check it.",
        )


def _doubts(bill: Bill, amounts: Mapping[str, int], own: tuple[str, ...]) -> Iterator[Doubt]:
    parts = sum(amounts[name] for name in (*PARTS, *own))
    if bill.total_fen is not None:
        zh, en = "各部分合计{}元，多于总费用{}元", "its parts are {} yuan, more than the total of {}"
        yield from _above("total_below_parts", zh, en, parts, bill.total_fen)
    zh, en = "各项医保支付合计{}元，多于目录内费用{}元", "the funds paid {} yuan on {} inside the catalogue"
    paid, inside = sum(amounts[name] for name in PAID), sum(amounts[name] for name in INSIDE)
    yield from _above("funds_above_in_scope", zh, en, paid, inside)
    outside = sum(line.self_paid_fen for line in bill.lines)
    zh, en = "明细中目录外费用合计{}元，多于账单上的{}元", "lines outside the catalogue are {} yuan, the bill says {}"
    yield from _above("lines_above_out_of_catalogue", zh, en, outside, amounts["out_of_catalogue"])
    zh, en = "明细合计{}元，多于总费用{}元", "the lines are {} yuan, more than the total of {}"
    yield from _above("lines_above_total", zh, en, sum(line.amount_fen for line in bill.lines), amounts["total"])
    for name, zh, en in (
        (
            "above_fund_cap",
            "封顶线以上费用{}元，多于目录内费用{}元",
            "{} yuan above the fund's cap, of {} in scope",
        ),
        ("deductible", "起付线{}元，多于目录内费用{}元", "a deductible of {} yuan, of {} inside the catalogue"),
    ):
        yield from _above(f"{name}_above_in_scope", zh, en, amounts[name], amounts["in_scope"])


class LineRooms:
    """How much of a bill's lines its amounts hold, taken in the order of the lines."""

    def __init__(self, amounts: Mapping[str, int]) -> None:
        self.outside = amounts["out_of_catalogue"]
        self.inside = sum(amounts[name] for name in INSIDE)

    def take(self, line: BillLine) -> tuple[int, int]:
        """(fen outside the catalogue, fen of the whole line) that count."""
        outside = min(line.self_paid_fen, self.outside)
        inside = min(line.amount_fen - line.self_paid_fen, self.inside)
        self.outside -= outside
        self.inside -= inside
        return outside, outside + inside
