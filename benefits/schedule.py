"""The one monotone piecewise-linear schedule behind every deductible, tier and rate.

A schedule is a list of bands on a running amount, each with a rate between 0 and 1. Its integral

    G(x) = Σ step_k · max(x − edge_k, 0) / 10^6          (step_k = rate_k − rate_{k−1}, edges rising)

is what the bands pay on the first x fen. With a deductible that has eaten u of those fen, the year pays in all

    band_basis gross:             G(x) − G(u)   edges count from the first fen; the first u are the person's own
    band_basis after_deductible:  G(x − u)      edges count from the deductible

and a bill that moves (x, u) from (x0, u0) to (x1, u1) pays round(cumulative1) − round(cumulative0). Rounding the
cumulative amount, not the bill, makes the year's total independent of how bills are split: as long as terms stay equal,
the sum over the bills is round(cumulative) of the whole, to the fen (rounding bound: 0 fen). One bill may differ by at
most one fen from rounding it alone.

The functions take Python integers or int64 arrays: `ops` supplies min and max for either. Sizes: see `benefits.money`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benefits.money import HALF, MAX_FEN, RATE_DENOMINATOR, round_half_up

Int64 = npt.NDArray[np.int64]

Fen = Any
"""An int, or an int64 array of one value per bill: the arithmetic below is the same."""


CHUNK = 32_768
"""Amounts computed together: 256 KB an array, so that one step's arrays stay in the processor's second-level cache."""


@dataclass(frozen=True, slots=True)
class Ops:
    """The few operations that differ between one bill and many."""

    minimum: Callable[[Fen, Fen], Fen]
    maximum: Callable[[Fen, Fen], Fen]
    where: Callable[[Any, Fen, Fen], Fen]
    highest: Callable[[Fen], int]
    """The highest of the amounts: edges at or above it need no arithmetic."""
    share: Callable[[Fen, Fen, Fen], Fen]
    """share(payable, part, whole): payable × part / whole rounded down, 0 of nothing."""
    part: Callable[[Fen, Fen, Fen], Fen]
    """part(rate, part, per): rate × part / per rounded down; few bills have a part of a fen."""
    any: Callable[[Any], bool]
    """Whether a mask holds for any bill."""


def _share_of_one(payable: int, part: int, whole: int) -> int:
    return payable * part // whole if whole else 0


def _share_of_many(payable: Fen, part: Fen, whole: Fen) -> Fen:
    """Exact for any amounts: products beyond int64 are computed with Python integers."""
    payable, part, whole = np.broadcast_arrays(np.asarray(payable), np.asarray(part), np.maximum(whole, 1))
    if payable.size == 0 or int(payable.max()) * int(part.max()) < 2**63:
        return payable * part // whole
    return (payable.astype(object) * part.astype(object) // whole.astype(object)).astype(np.int64)


def _part_of_one(rate: int, part: int, per: int) -> int:
    return rate * part // per


def _part_of_many(rate: Fen, part: Fen, per: Fen) -> Fen:
    rate, part, per = np.broadcast_arrays(np.asarray(rate), np.asarray(part), np.asarray(per))
    out = np.zeros(part.shape, np.int64)
    rows = np.nonzero(part)
    out[rows] = rate[rows] * part[rows] // per[rows]
    return out


def _highest_of_many(amounts: Fen) -> int:
    return int(np.max(amounts, initial=0))


ONE = Ops(min, max, lambda condition, yes, no: yes if condition else no, int, _share_of_one, _part_of_one, bool)
MANY = Ops(
    np.minimum, np.maximum, np.where, _highest_of_many, _share_of_many, _part_of_many, lambda mask: bool(np.any(mask))
)


@dataclass(frozen=True, slots=True)
class Band:
    """[from_fen, to_fen) of the running amount, paid at rate/10^6. `to_fen=None`: no upper end."""

    from_fen: int
    to_fen: int | None
    rate: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Rising edges and the change of rate at each; built by `from_bands`. `edges`/`steps` may be rows of arrays."""

    edges: tuple[Fen, ...]
    steps: tuple[Fen, ...]

    @classmethod
    def from_bands(cls, bands: Sequence[Band]) -> Schedule:
        """Bands must rise without overlap; gaps pay nothing. Raises ValueError saying which band is wrong."""
        edges: list[int] = []
        steps: list[int] = []
        rate = 0
        end: int | None = 0
        for number, band in enumerate(bands, start=1):
            if end is None or band.from_fen < end:
                raise ValueError(f"band {number} begins before band {number - 1} ends")
            if band.to_fen is not None and band.to_fen <= band.from_fen:
                raise ValueError(f"band {number} is empty: `to` must be above `from`")
            if not 0 <= band.rate <= RATE_DENOMINATOR:
                raise ValueError(f"band {number}: a rate lies between 0 and 1")
            if band.from_fen > end and rate:
                edges.append(end)
                steps.append(-rate)
                rate = 0
            if band.rate != rate:
                edges.append(band.from_fen)
                steps.append(band.rate - rate)
                rate = band.rate
            end = band.to_fen
        if end is not None and rate:
            edges.append(end)
            steps.append(-rate)
        return cls(tuple(edges), tuple(steps))

    def integral(self, amount: Fen, ops: Ops = ONE) -> Fen:
        """10^6 × what the bands pay on the first `amount` fen (exact numerator)."""
        total: Fen = 0
        highest = ops.highest(amount)
        for edge, step in zip(self.edges, self.steps, strict=True):
            if isinstance(edge, int) and edge >= highest:
                continue  # edges that differ bill by bill are not worth the look
            total = total + step * ops.maximum(amount - edge, 0)
        return total

    def pay_into(self, amounts: Int64, out: Int64, spare: Int64) -> None:
        """`round_half_up(integral(amounts))` written to `out` without making arrays; `spare` is overwritten.

        All three int64[n]. For whole cities, where making arrays costs as much as the arithmetic.
        """
        highest = int(np.max(amounts, initial=0))
        reached = [(edge, step) for edge, step in zip(self.edges, self.steps, strict=True) if edge < highest]
        if not reached:
            out.fill(0)
            return
        for number, (edge, step) in enumerate(reached):
            part = spare if number else out  # the first part needs no adding up
            np.subtract(amounts, edge, out=part)
            np.maximum(part, 0, out=part)
            np.multiply(part, step, out=part)
            if number:
                np.add(out, spare, out=out)
        np.add(out, HALF, out=out)
        np.floor_divide(out, RATE_DENOMINATOR, out=out)

    def net_of(self, deductible: int, after_deductible: bool) -> Schedule:
        """The schedule of the yearly amount itself, from nothing accumulated: what the deductible eats pays nothing."""
        if after_deductible:
            return Schedule(tuple(edge + deductible for edge in self.edges), self.steps)
        rate: int = sum(step for edge, step in zip(self.edges, self.steps, strict=True) if edge <= deductible)
        above = [(edge, step) for edge, step in zip(self.edges, self.steps, strict=True) if edge > deductible]
        return Schedule((deductible, *(edge for edge, _ in above)), (rate, *(step for _, step in above)))

    def pays(self, amount: int) -> int:
        """Fen on the first `amount` fen, rounded half up."""
        return int(round_half_up(self.integral(amount)))

    def rate_at(self, amount: Fen, ops: Ops = ONE) -> Fen:
        """The rate, over 10^6, at which the next part of a fen above `amount` is paid."""
        rate: Fen = 0
        for edge, step in zip(self.edges, self.steps, strict=True):
            rate = rate + ops.where(amount >= edge, step, 0)
        return rate

    def reach(self, numerator: Fen, ops: Ops = ONE) -> tuple[Fen, Fen, Fen]:
        """Where the integral reaches `numerator`: (whole, short, rate), the exact amount being whole − short / rate.

        The amount is seldom a whole fen (1,000 paid at 70 % are reached at 1,428.5714…), so `whole` is the next one.
        MAX_FEN where it is never reached. Edges rise; arrays of them are filled up with MAX_FEN.
        """
        whole: Fen = ops.where(numerator <= 0, 0, MAX_FEN)
        short: Fen = 0
        per: Fen = 1
        found: Any = numerator <= 0
        at_edge: Fen = 0
        rate: Fen = 0
        tops = (*self.edges[1:], MAX_FEN)
        for edge, step, top in zip(self.edges, self.steps, tops, strict=False):  # no edges, one top
            rate = rate + step
            at_top = at_edge + rate * (top - edge)
            here = ops.where(found, False, (rate > 0) & (numerator <= at_top))
            divisor, gap = ops.maximum(rate, 1), ops.maximum(numerator - at_edge, 0)
            fen = -(-gap // divisor)
            whole, short = ops.where(here, edge + fen, whole), ops.where(here, fen * divisor - gap, short)
            per, found, at_edge = ops.where(here, divisor, per), found | here, at_top
        return whole, short, per

    def amount_that_pays_numerator(self, numerator: int) -> int | None:
        """The smallest whole amount whose integral reaches `numerator`; None if none up to MAX_FEN does."""
        whole, _, _ = self.reach(numerator)
        return None if self.integral(whole) < numerator else int(whole)


def cumulative(schedule: Schedule, after_deductible: bool, amount: Fen, deductible_used: Fen, ops: Ops = ONE) -> Fen:
    """The year's cumulative payment in fen after `amount` eligible fen, `deductible_used` of them borne."""
    if after_deductible:
        return round_half_up(schedule.integral(amount - deductible_used, ops))
    return round_half_up(schedule.integral(amount, ops) - schedule.integral(deductible_used, ops))


def cumulative_with_part(
    schedule: Schedule, after_deductible: bool, amount: Fen, borne: Fen, part: Fen, per: Fen, ops: Ops
) -> Fen:
    """`cumulative` of `amount` + part/per fen (0 ≤ part < per), rounded once. The part is above the deductible.

    Exact: whatever the schedule pays on a part of a fen is below a fen, at the rate in force at the whole amount.
    """
    at = amount - borne if after_deductible else amount
    whole = schedule.integral(at, ops) - (0 if after_deductible else schedule.integral(borne, ops))
    return round_half_up(whole + ops.part(schedule.rate_at(at, ops), part, per))
