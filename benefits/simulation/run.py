"""Run a plan over a table of bills: rounds of at most one bill per person, chunks that fit the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benefits.engine import Settlement, settle
from benefits.plan import Plan
from benefits.schedule import CHUNK
from benefits.simulation.context import ManyBills, State
from benefits.simulation.table import BillTable, Int64, Rows


@dataclass(slots=True)
class Result:
    """Per bill, in the order of the table: int64[n] of fen."""

    plan: Plan
    payable_fen: Int64
    personal_fen: Int64
    by_responsibility: dict[str, Int64]
    base_fen: dict[str, Int64]
    deductible_fen: dict[str, Int64]
    layers: dict[str, Int64]


def rank_within(unit: npt.NDArray[np.integer]) -> npt.NDArray[np.intp]:
    """How many earlier rows carry the same value: the round each row belongs to."""
    n = len(unit)
    if n and (np.all(unit[1:] > unit[:-1]) or n == 1):
        return np.zeros(n, np.intp)  # all different, the common case of one bill per person
    order = np.argsort(unit, kind="stable")
    ordered = unit[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if n else np.zeros(0, np.intp)
    sizes = np.diff(np.r_[starts, n])
    rank = np.empty(n, np.intp)
    rank[order] = np.arange(n) - np.repeat(starts, sizes)
    return rank


def _chunks(table: BillTable, rank: npt.NDArray[np.intp]) -> Iterator[tuple[Rows, int, bool]]:
    """(rows, round, whether it is the last round), round after round."""
    rounds = int(rank.max()) + 1 if len(rank) else 0
    if rounds == 1:
        for start in range(0, table.n, CHUNK):
            yield slice(start, min(start + CHUNK, table.n)), 0, True
        return
    order = np.argsort(rank, kind="stable")
    ends = np.cumsum(np.bincount(rank, minlength=rounds))
    start = 0
    for number, end in enumerate(ends):
        for low in range(start, int(end), CHUNK):
            yield order[low : min(low + CHUNK, int(end))], number, number == rounds - 1
        start = int(end)


def simulate(
    plan: Plan, table: BillTable, *, detail: bool = True, progress: Callable[[int], None] | None = None
) -> Result:
    """Adjudicate every bill of a table; equal to `adjudicate` bill by bill in the table's order, fen for fen.

    `detail=False` leaves bases, deductibles and layers out of the result (less memory). `progress` is called with the
    number of bills done since its last call. Raises BadValue when the plan's terms ask for a fact the table lacks.
    """
    families = any(pool.family for pool in (*plan.deductible_pools.values(), *plan.cap_pools.values()))
    rank = rank_within(table.unit if families else table.person)
    state = State(table.people, int(table.unit.max()) + 1 if table.n else 0)
    out = _empty(plan, table.n, detail)
    counts_bills = plan.asks("earlier_bills")
    for rows, _, last in _chunks(table, rank):
        context = ManyBills(plan, table, rows, state, last)
        _store(out, rows, settle(plan, context))
        if counts_bills:
            context.count_bill()
        if progress is not None:
            progress(len(context.person))
    return out


def _empty(plan: Plan, n: int, detail: bool) -> Result:
    def zeros() -> Int64:
        return np.zeros(n, np.int64)

    keys = [r.key for r in plan.responsibilities]
    more = keys if detail else []
    return Result(
        plan,
        zeros(),
        zeros(),
        {key: zeros() for key in keys},
        {key: zeros() for key in more},
        {key: zeros() for key in more},
        {layer.key: zeros() for layer in plan.layers} if detail else {},
    )


def _store(out: Result, rows: Rows, settlement: Settlement) -> None:
    out.payable_fen[rows] = settlement.payable
    out.personal_fen[rows] = settlement.personal
    for outcome in settlement.outcomes:
        key = outcome.responsibility.key
        out.by_responsibility[key][rows] = outcome.payable
        if out.base_fen:
            out.base_fen[key][rows] = outcome.base
            out.deductible_fen[key][rows] = outcome.deductible
    for layer in settlement.layers if out.layers else ():
        out.layers[layer.layer.key][rows] = layer.paid
