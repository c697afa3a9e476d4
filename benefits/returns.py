"""Returned items: negative fee lines and credit notes are taken off what they return, before anything is counted.

Three of ten ampoules brought back are seven ampoules: the line of ten counts with what is left of it, the line of the
return with nothing. Sums of a bill are as the hospital made them, after returns; lines never count twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from benefits.model import BillLine, Doubt
from benefits.money import yuan


@dataclass(slots=True)
class _Left:
    """What is left of a line: fen of all of it, fen of it outside the catalogue, how many."""

    amount: int
    outside: int
    quantity: int

    def give(self, returned: _Left) -> None:
        """Take off as much of a return as there is."""
        amount = min(self.amount, returned.amount)
        outside = min(self.outside, returned.outside, amount)
        quantity = min(max(self.quantity, 0), returned.quantity)
        for left in (self, returned):
            left.amount -= amount
            left.outside -= outside
            left.quantity -= quantity
        self.outside = min(self.outside, self.amount)


def net_of_returns(lines: Sequence[BillLine]) -> tuple[tuple[BillLine, ...], tuple[Doubt, ...]]:
    """The lines in their places, each with what is left of it; a return is left with nothing.

    A return is of a line with the same code (without codes, the same name) and catalogue: the nearest one before it,
    then those after it. What finds no line is a doubt: it stands in the sums of the bill, and a person compares them.
    """
    if all(line.amount_fen >= 0 for line in lines):
        return tuple(lines), ()
    left = [_Left(line.amount_fen, line.self_paid_fen, line.quantity) for line in lines]
    doubts = []
    for place, line in enumerate(lines):
        if line.amount_fen >= 0:
            continue
        returned = _Left(-line.amount_fen, max(-line.self_paid_fen, 0), abs(line.quantity))
        for other in _of_the_same(lines, place):
            left[other].give(returned)
        left[place] = _Left(0, 0, 0)
        if returned.amount:
            doubts.append(_without_a_line(line, returned.amount))
    kept = (
        replace(line, amount_fen=one.amount, out_of_catalogue_fen=one.outside, quantity=one.quantity)
        for line, one in zip(lines, left, strict=True)
    )
    return tuple(kept), tuple(doubts)


def _of_the_same(lines: Sequence[BillLine], place: int) -> Iterator[int]:
    mark = _mark(lines[place])
    for other in (*range(place - 1, -1, -1), *range(place + 1, len(lines))):
        if lines[other].amount_fen > 0 and _mark(lines[other]) == mark:
            yield other


def _mark(line: BillLine) -> tuple[str, str]:
    return line.code or line.name, line.catalogue


def _without_a_line(line: BillLine, fen: int) -> Doubt:
    name = line.name or line.code
    return Doubt(
        "return_without_line",
        f"退费“{name}”{yuan(fen)}元找不到对应的收费明细。请核对账单。",
        f"The return of {name} over {yuan(fen)} yuan belongs to no line of the bill. Please check it.",
    )
