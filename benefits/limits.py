"""Limits inside a responsibility: what of its lines counts, and what may be paid for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benefits.conditions import Mask, both, negated
from benefits.plan import Limit, LineSelector, Plan, Responsibility
from benefits.runs import Context, Run, Slot, cut, only
from benefits.schedule import Fen

WHOLE = -2
"""The place of no line: a limit without `lines:` is on all that the responsibility counts."""


def applied_selectors(plan: Plan, ctx: Context, keys: Sequence[str]) -> list[tuple[LineSelector, Mask]]:
    """The line selectors of responsibilities, with the bills on which each is at work (`minus:`).

    A line is taken out of one responsibility only where the other takes it: else nobody would pay it.
    """
    out = []
    for key in keys:
        other = plan.responsibility(key)
        at_work = ctx.holds(other.condition)
        out += [(term.lines, both(at_work, ctx.holds(term.condition))) for term in other.base if term.lines is not None]
    return out


def _either(one: Mask, other: Mask) -> Mask:
    return negated(both(negated(one), negated(other)))


def _same(one: Any, other: Any) -> Mask:
    mask: Mask = one == other
    return mask


def among(ctx: Context, selectors: Sequence[tuple[LineSelector, Mask]], slot: Slot) -> Mask:
    """Whether a line fits any of the selectors, on the bills where it is at work."""
    found: Mask = False
    for selector, at_work in selectors:
        for other in ctx.slots(selector.key):
            found = _either(found, both(at_work, _same(other.line, slot.line)))
    return found


@dataclass(slots=True)
class Clipped:
    """What limits took out of the base: by limit for the explanation, and line by line."""

    limited: list[tuple[Limit, Fen]] = field(default_factory=list)
    lines: list[tuple[Any, Fen]] = field(default_factory=list)

    def of(self, ctx: Context, line: Any) -> Fen:
        """What was taken out of one line."""
        total: Fen = 0
        for other, fen in self.lines:
            mask = _same(other, line)
            total = total + (fen if mask is True else 0 if mask is False else ctx.ops.where(mask, fen, 0))
        return total


@dataclass(slots=True)
class Limits:
    """The limits of one responsibility on one bill (or many): what each stay has used lasts as long as the bill."""

    plan: Plan
    ctx: Context
    r: Responsibility
    counts: Mask
    """Bills on which the responsibility counts anything: elsewhere nothing is used up."""
    clipped: Clipped = field(default_factory=Clipped)
    stay: dict[str, Fen] = field(default_factory=dict)

    def counted(self, slot: Slot) -> Mask:
        """Whether a line is part of what the responsibility counts: only such a line uses a limit up."""
        found: Mask = False
        for term in self.r.base:
            holds = self.ctx.holds(term.condition)
            taken = among(self.ctx, applied_selectors(self.plan, self.ctx, term.minus), slot)
            mine = holds if term.lines is None else among(self.ctx, [(term.lines, holds)], slot)
            found = _either(found, both(mine, negated(taken)))
        if self.r.per == "drug":
            found = both(found, self.ctx.terms(self.r.terms, slot.drug).covered)
        return both(self.counts, found)

    def slots(self, limit: Limit, whole: Fen) -> list[Slot]:
        """The counted lines of a limit, less what earlier limits took out of each."""
        if limit.lines is None:
            return [Slot(self.ctx.unnamed_drug(), whole, 1, WHOLE)]
        out = []
        for slot in self.ctx.slots(limit.lines.key):
            fen = only(self.ctx, self.counted(slot), slot.fen)
            out.append(slot._replace(fen=self.ctx.ops.maximum(fen - self.clipped.of(self.ctx, slot.line), 0)))
        return out

    def clip(self, base: Fen) -> Fen:
        """The base less what eligible and count limits do not let count."""
        ops = self.ctx.ops
        for limit in self.r.limits:
            if limit.eligible_fen is None and limit.count is None:
                continue
            excess: Fen = 0
            for slot in self.slots(limit, base):
                allowed = self._count(limit, slot) if limit.count is not None else self._eligible(limit, slot)
                self.clipped.lines.append((slot.line, slot.fen - allowed))
                excess = excess + (slot.fen - allowed)
            excess = ops.minimum(excess, base)
            base = base - excess
            self.clipped.limited.append((limit, excess))
        return base

    def _used(self, limit: Limit, drug: Any) -> Fen:
        if limit.per == "item":
            return 0
        return self.stay.get(limit.key, 0) if limit.per == "stay" else self.ctx.limit_used(limit, drug)

    def _use(self, limit: Limit, drug: Any, used: Fen) -> None:
        if limit.per == "stay":
            self.stay[limit.key] = used
        elif limit.per != "item":
            self.ctx.use_limit(limit, drug, used)

    def _eligible(self, limit: Limit, slot: Slot) -> Fen:
        used = self._used(limit, slot.drug)
        allowed = self.ctx.ops.minimum(slot.fen, self.ctx.ops.maximum((limit.eligible_fen or 0) - used, 0))
        self._use(limit, slot.drug, used + allowed)
        return allowed

    def _count(self, limit: Limit, slot: Slot) -> Fen:
        """A line of three counts as three; where fewer are left, its share of the line counts, rounded down."""
        ops = self.ctx.ops
        used, many = self._used(limit, slot.drug), ops.maximum(slot.quantity, 1)
        within = ops.minimum(many, ops.maximum((limit.count or 0) - used, 0))
        self._use(limit, slot.drug, used + ops.where(slot.fen > 0, within, 0))
        return ops.where(within >= many, slot.fen, ops.share(slot.fen, within, many))

    def pay(self, run: Run, line: Any = None, *, named: Sequence[tuple[LineSelector, Mask]] = ()) -> None:
        """Cut what is paid for limited lines. A line's share of the payment is payable × line / base, rounded down.

        `line`: the only line of this run (per drug). `named`: lines that have runs of their own, for the run of what
        came without lines.
        """
        ops = self.ctx.ops
        for limit in self.r.limits:
            if limit.payable_fen is None:
                continue
            excess: Fen = 0
            for slot in self.slots(limit, run.base):
                share = self._share(run, slot, line, named)
                drug = run.drug if limit.lines is None and run.drug is not None else slot.drug
                used = self._used(limit, drug)
                allowed = ops.minimum(share, ops.maximum(limit.payable_fen - used, 0))
                self._use(limit, drug, used + allowed)
                excess = excess + (share - allowed)
            cut(self.ctx, run, "limit", limit.key, ops.maximum(run.payable - excess, 0))

    def _share(self, run: Run, slot: Slot, line: Any, named: Sequence[tuple[LineSelector, Mask]]) -> Fen:
        if isinstance(slot.line, int) and slot.line == WHOLE:
            return run.payable
        fen = self.ctx.ops.minimum(slot.fen, run.base)
        if line is not None:
            return only(self.ctx, both(_same(slot.line, line), slot.fen > 0), run.payable)
        if named:
            fen = only(self.ctx, negated(among(self.ctx, named, slot)), fen)
        return self.ctx.ops.share(run.payable, fen, run.base)
