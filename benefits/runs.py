"""What computing one bill, or an array of bills, is made of: the context that supplies facts, and one run of an amount.

Written once over `Fen` (ints or int64 arrays, see `schedule`). Nothing here rounds but the schedule's cumulative sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from benefits.conditions import Condition, Mask, both
from benefits.errors import NotStated
from benefits.plan import Limit
from benefits.schedule import Fen, Ops, cumulative, cumulative_with_part
from benefits.terms import TermSet


class Slot(NamedTuple):
    """A fee line that fits a selector. `line`: its place on the bill, the same under every selector."""

    drug: Any
    fen: Fen
    quantity: Fen
    line: Any


class Context(Protocol):
    """One bill, or n bills, with the facts and running totals that belong to them."""

    ops: Ops
    covered: Any

    def amount(self, name: str) -> Fen: ...
    def unnamed_drug(self) -> Any: ...
    def slots(self, selector: str) -> Sequence[Slot]: ...
    def holds(self, condition: Condition) -> Mask: ...
    def terms(self, terms: TermSet, drug: Any = None) -> Any: ...
    def running(self, key: str, drug: Any = None) -> tuple[Fen, Fen, Fen]: ...
    def run(self, key: str, totals: tuple[Fen, Fen, Fen], drug: Any = None) -> None: ...
    def part(self, key: str) -> tuple[Fen, Fen]: ...
    def keep_part(self, key: str, part: Fen, per: Fen) -> None: ...
    def pool(self, key: str) -> Fen: ...
    def use_pool(self, key: str, fen: Fen) -> None: ...
    def limit_used(self, limit: Limit, drug: Any) -> Fen: ...
    def use_limit(self, limit: Limit, drug: Any, used: Fen) -> None: ...


class Part(NamedTuple):
    """A part of a fen above the year's whole base, before and after a bill: numerators over `per`."""

    before: Fen
    after: Fen
    per: Fen


@dataclass(slots=True)
class Run:
    """One pass of an amount through deductible, bands and caps, with every value in between."""

    terms: Any
    base: Fen
    base_before: Fen
    deductible_used_before: Fen
    paid_before: Fen
    deductible: Fen
    by_bands: Fen
    payable: Fen
    cuts: list[tuple[str, str, Fen]] = field(default_factory=list)
    """(kind, key, fen after the cut) in order: cap, stay_cap, pool, compensation, part, limit."""
    drug: Any = None


def only(ctx: Context, mask: Mask, fen: Fen) -> Fen:
    """`fen` where the mask holds, else 0."""
    if mask is True:
        return fen
    if mask is False:
        return 0
    return ctx.ops.where(mask, fen, 0)


def cut(ctx: Context, run: Run, kind: str, key: str, limit: Fen) -> None:
    """Lower a run's payable to `limit` and remember it."""
    run.payable = ctx.ops.minimum(run.payable, limit)
    run.cuts.append((kind, key, run.payable))


def through_schedule(
    ctx: Context, terms: Any, base: Fen, before: tuple[Fen, Fen, Fen], deductible_left: Fen, part: Part | None = None
) -> Run:
    """Move the year from (x0, u0) by `base`; pay by the difference of the cumulative schedule, within the cap."""
    ops = ctx.ops
    x0, u0, p0 = before
    deductible = ops.minimum(base, deductible_left)
    x1, u1 = x0 + base, u0 + deductible
    gross, most = _gross(ops, terms, x0, u0, x1, u1, part), base - deductible
    if part is not None:  # 0.6 of a fen may round to a fen
        most = most + ops.where(part.after > part.before, 1, 0)
    # Only terms that change within the year can leave this range: never above the base, never negative.
    gross = ops.minimum(ops.maximum(gross, 0), most)
    run = Run(terms, base, x0, u0, p0, deductible, gross, gross)
    cut(ctx, run, "cap", "", ops.maximum(terms.cap_fen - p0, 0))
    return run


def _gross(ops: Ops, terms: Any, x0: Fen, u0: Fen, x1: Fen, u1: Fen, part: Part | None) -> Fen:
    schedule, after = terms.schedule, terms.after_deductible
    if part is None:
        return cumulative(schedule, after, x1, u1, ops) - cumulative(schedule, after, x0, u0, ops)
    # While the deductible is not used up, it has eaten the part of a fen too.
    p1 = ops.where(u1 < terms.deductible_fen, 0, part.after)
    paid = cumulative_with_part(schedule, after, x1, u1, p1, part.per, ops)
    if isinstance(part.before, int) and part.before == 0:  # nobody crossed before
        return paid - cumulative(schedule, after, x0, u0, ops)
    p0 = ops.where(u0 < terms.deductible_fen, 0, part.before)
    return paid - cumulative_with_part(schedule, after, x0, u0, p0, part.per, ops)


def refuse_unstated(ctx: Context, owner: str, run: Run) -> None:
    """Raises NotStated when a bill needs a number that the plan's document does not state."""
    if not run.terms.unstated:
        return
    needed = {
        "deductible": run.base,
        "rate": run.base - run.deductible,
        "cap": run.by_bands,
        "stay_cap": run.by_bands,
    }
    for name, fen in needed.items():
        if ctx.ops.any(both(run.terms.unstated.get(name, False), fen > 0)):
            raise NotStated(f"{owner}.{name}")
