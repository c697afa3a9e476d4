"""The computation of one bill, or of an array of bills at once: waterfall, responsibilities, caps, compensation.

Written once over `Fen` (ints or int64 arrays, see `schedule`). A `Context` supplies what differs: facts, terms in
force, and the running totals of the year. Nothing here rounds but the schedule's cumulative amount and `counted`;
nothing here divides otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from benefits.conditions import Mask, both, negated
from benefits.errors import NotStated
from benefits.limits import Limits, among, applied_selectors
from benefits.money import RATE_DENOMINATOR, round_half_up
from benefits.plan import BaseTerm, Limit, Plan, Pool, Responsibility
from benefits.rooms import Rooms, parts_of
from benefits.runs import Context, Run, Slot, cut, only, refuse_unstated, through_schedule
from benefits.schedule import Fen
from benefits.waterfall import LayerOutcome, run_layers


@dataclass(slots=True)
class Outcome:
    """One responsibility: base with its parts, runs (several when per drug), payable."""

    responsibility: Responsibility
    applies: Mask
    parts: list[tuple[BaseTerm, Fen]]
    base: Fen
    deductible: Fen
    payable: Fen
    runs: list[Run]
    limited: list[tuple[Limit, Fen]] = field(default_factory=list)


@dataclass(slots=True)
class Settlement:
    layers: list[LayerOutcome]
    outcomes: list[Outcome]
    personal: Fen
    payable: Fen


def counted(term: BaseTerm, fen: Fen) -> Fen:
    """The part of an amount that counts, rounded half up to the fen on each bill."""
    return fen if term.factor == RATE_DENOMINATOR else round_half_up(fen * term.factor)


def selected(ctx: Context, selector: str) -> Fen:
    total: Fen = 0
    for slot in ctx.slots(selector):
        total = total + slot.fen
    return total


def named_amount(ctx: Context, left: dict[str, Fen], name: str) -> Fen:
    """An amount of the bill, or one derived from the waterfall (`left`)."""
    return left[name] if name in left else ctx.amount(name)


@dataclass(slots=True)
class One:
    """One responsibility being computed on one bill, or on many."""

    plan: Plan
    ctx: Context
    r: Responsibility
    left: dict[str, Fen]
    done: dict[str, Outcome]
    rooms: Rooms
    applies: Mask = True

    def compensate(self) -> Outcome:
        ctx, r = self.ctx, self.r
        self.applies = both(ctx.covered, ctx.holds(r.condition)) if ctx.covered is not False else False
        if r.lump_sum:
            return self.lump_sum()
        parts = [(term, only(ctx, self.applies, fen)) for term, fen in self.base_parts()]
        limits = Limits(self.plan, ctx, r, self.applies)
        if r.per == "drug":
            runs = self.per_drug(parts, limits)
        else:
            limits.counts = both(self.applies, ctx.terms(r.terms).covered)
            base: Fen = 0
            for _, fen in parts:
                base = base + fen
            run = self.run(limits.clip(base))
            self.finish(run, limits, self.by_part(parts))
            runs = [run]
        outcome = Outcome(r, self.applies, parts, 0, 0, 0, runs, limits.clipped.limited)
        for run in runs:
            outcome.base = outcome.base + run.base
            outcome.deductible = outcome.deductible + run.deductible
            outcome.payable = outcome.payable + run.payable
        return outcome

    def residual(self, key: str) -> Fen:
        """What a responsibility counted and did not pay. A lump sum counts nothing and pays something: it leaves
        nothing, not less."""
        return self.ctx.ops.maximum(self.done[key].base - self.done[key].payable, 0)

    def base_parts(self) -> list[tuple[BaseTerm, Fen]]:
        ctx, parts = self.ctx, []
        for term in self.r.base:
            raw: Fen = 0
            if term.residual_of:
                for key in term.residual_of:
                    raw = raw + self.residual(key)
            elif term.lines is not None:
                for slot in self.line_slots(term):
                    raw = raw + slot.fen
            else:
                raw = named_amount(ctx, self.left, term.amount or "")
                for selector, at_work in applied_selectors(self.plan, ctx, term.minus):
                    raw = raw - only(ctx, at_work, selected(ctx, selector.key))
                for name in term.minus_amounts:
                    raw = raw - named_amount(ctx, self.left, name)
                if term.minus or term.minus_amounts:
                    raw = ctx.ops.maximum(raw, 0)
            parts.append((term, only(ctx, ctx.holds(term.condition), counted(term, raw))))
        return parts

    def line_slots(self, term: BaseTerm) -> list[Slot]:
        """The lines of a base, less those that another responsibility takes (`minus`)."""
        ctx = self.ctx
        slots = list(ctx.slots(term.lines.key if term.lines is not None else ""))
        taken = applied_selectors(self.plan, ctx, term.minus)
        if not taken:
            return slots
        return [slot._replace(fen=only(ctx, negated(among(ctx, taken, slot)), slot.fen)) for slot in slots]

    def by_part(self, parts: list[tuple[BaseTerm, Fen]]) -> dict[str, Fen]:
        """What the base counts of each part of the bill that another responsibility counts too."""
        out: dict[str, Fen] = {}
        for term, fen in parts if self.r.shared_parts else ():
            for part in parts_of(term, self.plan.amounts) & frozenset(self.r.shared_parts):
                if part.startswith("residual:"):
                    own = self.ctx.ops.minimum(self.residual(part.removeprefix("residual:")), fen)
                    self.rooms.open_residual(part.removeprefix("residual:"), own)
                    out[part] = out.get(part, 0) + own
                else:
                    out[part] = out.get(part, 0) + fen
        return out

    def run(self, base: Fen, drug: Any = None) -> Run:
        """Base through deductible, bands and cap for the year, the stay or one drug."""
        ctx, r = self.ctx, self.r
        terms = ctx.terms(r.terms, drug)
        base = only(ctx, terms.covered, base)
        year = ctx.running(r.key, drug)
        before = (0, 0, 0) if r.per == "stay" else year
        if r.deductible_pool is None:
            left = ctx.ops.maximum(terms.deductible_fen - before[1], 0)
        else:
            left = self.pool_left(self.plan.deductible_pools[r.deductible_pool], base)
        run = through_schedule(ctx, terms, base, before, left)
        run.drug, run.paid_before = drug, year[2]
        if r.per == "stay":  # deductible and bands start anew, the yearly cap does not
            cut(ctx, run, "cap", "", ctx.ops.maximum(terms.cap_fen - year[2], 0))
        refuse_unstated(ctx, r.key, run)
        return run

    def pool_left(self, pool: Pool, base: Fen) -> Fen:
        """What is left of a shared deductible. One that another scheme counts moves by its count, not by our base."""
        terms = self.ctx.terms(pool.terms)
        if terms.unstated and self.ctx.ops.any(both(terms.unstated.get("deductible", False), base > 0)):
            raise NotStated(f"pools.deductibles.{pool.key}.amount")
        used = self.ctx.pool(f"deductible:{pool.key}") + self.rooms.borne.get(pool.key, 0)
        return self.ctx.ops.maximum(terms.deductible_fen - used, 0)

    def finish(self, run: Run, limits: Limits, by_part: dict[str, Fen], line: Any = None, named: Any = ()) -> None:
        """Stay cap, shared caps, compensation, limits on what is paid; the year moves on."""
        ctx, r, ops = self.ctx, self.r, self.ctx.ops
        cut(ctx, run, "stay_cap", "", run.terms.stay_cap_fen)
        for key in r.cap_pools:
            terms = ctx.terms(self.plan.cap_pools[key].terms)
            if terms.unstated and ops.any(both(terms.unstated.get("cap", False), run.payable > 0)):
                raise NotStated(f"pools.caps.{key}.amount")
            cut(ctx, run, "pool", key, ops.maximum(terms.cap_fen - ctx.pool(f"cap:{key}"), 0))
        self.rooms.limit(ctx, r, run, by_part)
        limits.pay(run, line, named=named)
        self.rooms.use(ctx, r, run, by_part)
        for key in r.cap_pools:
            ctx.use_pool(f"cap:{key}", run.payable)
        if r.deductible_pool is not None:
            if self.plan.deductible_pools[r.deductible_pool].counted_by is None:
                ctx.use_pool(f"deductible:{r.deductible_pool}", run.deductible)
            else:
                self.rooms.bear(r.deductible_pool, run.deductible)
        year = ctx.running(r.key, run.drug)
        ctx.run(r.key, (year[0] + run.base, year[1] + run.deductible, year[2] + run.payable), run.drug)

    def per_drug(self, parts: list[tuple[BaseTerm, Fen]], limits: Limits) -> list[Run]:
        """A run for each line; amounts that come without lines count as one unnamed drug."""
        ctx, runs = self.ctx, []
        total: Fen = 0
        for _, fen in parts:
            total = total + fen
        limits.clip(total)
        named = [(term.lines, ctx.holds(term.condition)) for term in self.r.base if term.lines is not None]
        for term, fen in parts:
            if term.lines is None:
                fen = ctx.ops.maximum(fen - self._clipped_elsewhere(limits, named), 0)
                runs.append(self.drug_run(fen, ctx.unnamed_drug(), term, limits, None, named))
                continue
            holds = both(self.applies, ctx.holds(term.condition))
            for slot in self.line_slots(term):
                fen = only(ctx, holds, counted(term, slot.fen))
                fen = ctx.ops.maximum(fen - only(ctx, holds, limits.clipped.of(ctx, slot.line)), 0)
                runs.append(self.drug_run(fen, slot.drug, term, limits, slot.line, ()))
        return runs

    def _clipped_elsewhere(self, limits: Limits, named: list[Any]) -> Fen:
        """What limits took out of lines that have no run of their own."""
        total: Fen = 0
        for line, fen in limits.clipped.lines:
            mine: Fen = fen
            for selector, at_work in named:
                for slot in self.ctx.slots(selector.key):
                    mine = self.ctx.ops.where(both(at_work, slot.line == line), 0, mine)
            total = total + mine
        return total

    def drug_run(self, fen: Fen, drug: Any, term: BaseTerm, limits: Limits, line: Any, named: Any) -> Run:
        run = self.run(fen, drug)
        self.finish(run, limits, self.by_part([(term, run.base)]), line, named)
        return run

    def lump_sum(self) -> Outcome:
        """A fixed benefit, once in the year."""
        ctx, r = self.ctx, self.r
        terms, year = ctx.terms(r.terms), ctx.running(r.key)
        due = both(self.applies, terms.covered)
        if terms.unstated and ctx.ops.any(both(due, terms.unstated.get("amount", False))):
            raise NotStated(f"{r.key}.lump_sum")
        amount = ctx.ops.where(year[2] > 0, 0, only(ctx, due, terms.amount_fen))
        run = Run(terms, 0, 0, 0, year[2], 0, amount, amount)
        cut(ctx, run, "cap", "", terms.cap_fen)
        self.finish(run, Limits(self.plan, ctx, r, self.applies), {})
        return Outcome(r, self.applies, [], 0, 0, run.payable, [run])


def settle(plan: Plan, ctx: Context) -> Settlement:
    """The whole bill. Running totals and pools of the context move on."""
    layers, left = run_layers(plan, ctx)
    personal = ctx.amount("personal")
    rooms = Rooms(ctx.ops.maximum(personal - ctx.amount("other_insurers_paid"), 0))
    outcomes: list[Outcome] = []
    done: dict[str, Outcome] = {}
    payable: Fen = 0
    for r in plan.responsibilities:
        outcome = One(plan, ctx, r, left, done, rooms).compensate()
        outcomes.append(outcome)
        done[r.key] = outcome
        payable = payable + outcome.payable
    count_elsewhere(plan, ctx, layers)
    return Settlement(layers, outcomes, personal, payable)


def count_elsewhere(plan: Plan, ctx: Context, layers: list[LayerOutcome]) -> None:
    """Deductibles that another scheme counts move by what that scheme took on this bill."""
    for pool in plan.deductible_pools.values():
        if pool.counted_by is None or ctx.covered is False:
            continue
        counted_fen: Fen = 0
        for outcome in layers:
            if outcome.layer.key == pool.counted_by and outcome.run is not None:
                counted_fen = outcome.run.deductible
        if pool.counted_by in plan.amounts:
            counted_fen = ctx.amount(pool.counted_by)
        ctx.use_pool(f"deductible:{pool.key}", only(ctx, ctx.covered, counted_fen))
