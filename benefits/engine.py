"""The computation of one bill, or of an array of bills at once: waterfall, responsibilities, caps, compensation.

Written once over `Fen` (ints or int64 arrays, see `schedule`). A `Context` supplies what differs: facts, terms in
force, and the running totals of the year. Nothing here rounds but `cumulative` and `counted`; nothing here divides
otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from benefits.conditions import Condition, Mask, both
from benefits.model import LAYERS
from benefits.money import RATE_DENOMINATOR, round_half_up
from benefits.plan import BaseTerm, Layer, Limit, Plan, Responsibility
from benefits.schedule import Fen, Ops, cumulative
from benefits.terms import TermSet


class Context(Protocol):
    """One bill, or n bills, with the facts and running totals that belong to them."""

    ops: Ops
    covered: Any

    def amount(self, name: str) -> Fen: ...
    def unnamed_drug(self) -> Any: ...
    def slots(self, selector: str) -> Sequence[tuple[Any, Fen]]: ...
    def holds(self, condition: Condition) -> Mask: ...
    def terms(self, terms: TermSet, drug: Any = None) -> Any: ...
    def running(self, key: str, drug: Any = None) -> tuple[Fen, Fen, Fen]: ...
    def run(self, key: str, totals: tuple[Fen, Fen, Fen], drug: Any = None) -> None: ...
    def pool(self, key: str) -> Fen: ...
    def use_pool(self, key: str, fen: Fen) -> None: ...
    def limit_used(self, limit: Limit, drug: Any) -> Fen: ...
    def use_limit(self, limit: Limit, drug: Any, used: Fen) -> None: ...


@dataclass(slots=True)
class Run:
    """One pass of an amount through deductible, bands and caps, with every value in between."""

    terms: Any
    base: Fen
    base_before: Fen
    deductible_used_before: Fen
    deductible: Fen
    by_bands: Fen
    payable: Fen
    cuts: list[tuple[str, str, Fen]] = field(default_factory=list)
    """(kind, key, fen after the cut) in order: cap, stay_cap, pool, compensation, limit."""
    drug: Any = None


@dataclass(slots=True)
class LayerOutcome:
    layer: Layer
    simulated: Mask
    paid: Fen
    run: Run | None
    base: Fen = 0


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


def only(ctx: Context, mask: Mask, fen: Fen) -> Fen:
    """`fen` where the mask holds, else 0."""
    if mask is True:
        return fen
    if mask is False:
        return 0
    return ctx.ops.where(mask, fen, 0)


def through_schedule(ctx: Context, terms: Any, base: Fen, before: tuple[Fen, Fen, Fen], deductible_left: Fen) -> Run:
    """Move the year from (x0, u0) by `base`; pay by the difference of the cumulative schedule, within the cap."""
    ops = ctx.ops
    x0, u0, p0 = before
    deductible = ops.minimum(base, deductible_left)
    x1, u1 = x0 + base, u0 + deductible
    after = terms.after_deductible
    gross = cumulative(terms.schedule, after, x1, u1, ops) - cumulative(terms.schedule, after, x0, u0, ops)
    # Only terms that change within the year can leave this range: never above the base, never negative.
    gross = ops.minimum(ops.maximum(gross, 0), base - deductible)
    run = Run(terms, base, x0, u0, deductible, gross, gross)
    cut(ctx, run, "cap", "", ops.maximum(terms.cap_fen - p0, 0))
    return run


def cut(ctx: Context, run: Run, kind: str, key: str, limit: Fen) -> None:
    """Lower a run's payable to `limit` and remember it."""
    run.payable = ctx.ops.minimum(run.payable, limit)
    run.cuts.append((kind, key, run.payable))


RECORDED = {layer: f"{layer}_paid" for layer in LAYERS}
AFTER = {layer: f"in_scope_after_{layer}" for layer in LAYERS}


# --- the waterfall ---------------------------------------------------------------------------------------------------


def layer_base(ctx: Context, layer: Layer, in_scope: Fen, remaining: Fen, done: dict[str, LayerOutcome]) -> Fen:
    """What a simulated layer is computed on (`takes:`)."""
    if layer.takes == "in_scope":
        return in_scope
    if layer.takes_from is None:
        return remaining
    source = done[layer.takes_from]
    if source.run is None:  # never simulated: only the record can tell what lay above its cap
        return 0 if layer.takes == "unpaid_benefit" else ctx.ops.minimum(ctx.amount("above_fund_cap"), remaining)
    run, ops = source.run, ctx.ops
    if layer.takes == "unpaid_benefit":
        value = run.by_bands - run.payable
    else:
        edge = run.terms.cap_fen if layer.takes == "above_cap" else run.terms.cost_at_cap_fen
        after, before = run.base_before + run.base, run.base_before
        value = ops.maximum(after - edge, 0) - ops.maximum(before - edge, 0)
    if source.simulated is not True:
        recorded = 0 if layer.takes == "unpaid_benefit" else ctx.amount("above_fund_cap")
        value = ops.where(source.simulated, value, recorded)
    return ops.minimum(value, remaining)


def run_layers(plan: Plan, ctx: Context) -> tuple[list[LayerOutcome], dict[str, Fen]]:
    """All layers in order, and what is left of the in-scope amount after each (`in_scope_after_<layer>`)."""
    in_scope = ctx.amount("in_scope")
    remaining, outcomes, left = in_scope, [], {}
    done: dict[str, LayerOutcome] = {}
    for layer in plan.layers:
        recorded = ctx.amount(RECORDED[layer.key])
        simulated = False if layer.simulate is None else ctx.holds(layer.simulate)
        outcome = LayerOutcome(layer, simulated, recorded, None)
        if simulated is not False:
            base = only(ctx, simulated, layer_base(ctx, layer, in_scope, remaining, done))
            outcome.run, outcome.base = simulate_layer(ctx, layer, base, remaining), base
            outcome.paid = (
                outcome.run.payable if simulated is True else ctx.ops.where(simulated, outcome.run.payable, recorded)
            )
        remaining = ctx.ops.maximum(remaining - outcome.paid, 0)
        left[AFTER[layer.key]] = remaining
        outcomes.append(outcome)
        done[layer.key] = outcome
    left["in_scope_after_layers"] = remaining
    return outcomes, left


def simulate_layer(ctx: Context, layer: Layer, base: Fen, remaining: Fen) -> Run:
    terms = ctx.terms(layer.terms)
    base = only(ctx, terms.covered, base)
    key = f"layer:{layer.key}"
    year = ctx.running(key)
    before = (0, 0, 0) if layer.per_stay else year
    run = through_schedule(ctx, terms, base, before, ctx.ops.maximum(terms.deductible_fen - before[1], 0))
    if layer.per_stay:  # deductible and bands start anew, the yearly cap does not
        cut(ctx, run, "cap", "", ctx.ops.maximum(terms.cap_fen - year[2], 0))
    cut(ctx, run, "stay_cap", "", terms.stay_cap_fen)
    cut(ctx, run, "remaining", "", remaining)
    ctx.run(key, (year[0] + base, year[1] + run.deductible, year[2] + run.payable))
    return run


# --- responsibilities ------------------------------------------------------------------------------------------------


def counted(term: BaseTerm, fen: Fen) -> Fen:
    """The part of an amount that counts, rounded half up to the fen on each bill."""
    return fen if term.factor == RATE_DENOMINATOR else round_half_up(fen * term.factor)


def selected(ctx: Context, selector: str) -> Fen:
    total: Fen = 0
    for _, fen in ctx.slots(selector):
        total = total + fen
    return total


def named_amount(ctx: Context, left: dict[str, Fen], name: str) -> Fen:
    """An amount of the bill, or one derived from the waterfall (`left`)."""
    return left[name] if name in left else ctx.amount(name)


def base_parts(
    plan: Plan, ctx: Context, r: Responsibility, left: dict[str, Fen], done: dict[str, Outcome]
) -> list[tuple[BaseTerm, Fen]]:
    parts = []
    for term in r.base:
        raw: Fen = 0
        if term.residual_of:
            for key in term.residual_of:
                # A lump sum counts nothing and pays something: it leaves nothing, not less.
                raw = raw + ctx.ops.maximum(done[key].base - done[key].payable, 0)
        elif term.lines is not None:
            raw = selected(ctx, term.lines.key)
        else:
            raw = named_amount(ctx, left, term.amount or "")
            for key in term.minus:
                for other in plan.responsibility(key).base:
                    if other.lines is not None:
                        raw = raw - selected(ctx, other.lines.key)
            for name in term.minus_amounts:
                raw = raw - named_amount(ctx, left, name)
            if term.minus or term.minus_amounts:
                raw = ctx.ops.maximum(raw, 0)
        parts.append((term, only(ctx, ctx.holds(term.condition), counted(term, raw))))
    return parts


def apply_limits(ctx: Context, r: Responsibility, base: Fen, applies: Mask) -> tuple[Fen, list[tuple[Limit, Fen]]]:
    """Take out of the base what eligible and count limits do not let count; report what was taken out by each."""
    limited = []
    for limit in r.limits:
        if limit.eligible_fen is None and limit.count is None:
            continue
        excess: Fen = 0
        stay_used: Fen = 0
        for drug, fen in ctx.slots(limit.lines.key):
            fen = only(ctx, applies, fen)
            used = 0 if limit.per == "item" else stay_used if limit.per == "stay" else ctx.limit_used(limit, drug)
            if limit.count is not None:
                allowed = ctx.ops.where(used < limit.count, fen, 0)
                ctx.use_limit(limit, drug, used + ctx.ops.where(fen > 0, 1, 0))
            else:
                allowed = ctx.ops.minimum(fen, ctx.ops.maximum((limit.eligible_fen or 0) - used, 0))
                stay_used = stay_used + allowed
                if limit.per in ("drug", "year"):
                    ctx.use_limit(limit, drug, used + allowed)
            excess = excess + (fen - allowed)
        excess = ctx.ops.minimum(excess, base)
        base = base - excess
        limited.append((limit, excess))
    return base, limited


def payable_limits(ctx: Context, r: Responsibility, run: Run) -> None:
    """Cut what is paid for limited lines. A line's share of the payment is payable × line / base, rounded down."""
    for limit in r.limits:
        if limit.payable_fen is None:
            continue
        excess: Fen = 0
        stay_used: Fen = 0
        for drug, fen in ctx.slots(limit.lines.key):
            share = ctx.ops.share(run.payable, ctx.ops.minimum(fen, run.base), run.base)
            used = 0 if limit.per == "item" else stay_used if limit.per == "stay" else ctx.limit_used(limit, drug)
            allowed = ctx.ops.minimum(share, ctx.ops.maximum(limit.payable_fen - used, 0))
            stay_used = stay_used + allowed
            if limit.per in ("drug", "year"):
                ctx.use_limit(limit, drug, used + allowed)
            excess = excess + (share - allowed)
        cut(ctx, run, "limit", limit.key, ctx.ops.maximum(run.payable - excess, 0))


def finish_run(plan: Plan, ctx: Context, r: Responsibility, run: Run, room: Fen) -> Fen:
    """Stay cap, shared caps, compensation, limits on what is paid; returns the room left."""
    cut(ctx, run, "stay_cap", "", run.terms.stay_cap_fen)
    for key in r.cap_pools:
        cap = ctx.terms(plan.cap_pools[key].terms).cap_fen
        cut(ctx, run, "pool", key, ctx.ops.maximum(cap - ctx.pool(f"cap:{key}"), 0))
    if r.compensation:
        cut(ctx, run, "compensation", "", room)
    payable_limits(ctx, r, run)
    for key in r.cap_pools:
        ctx.use_pool(f"cap:{key}", run.payable)
    return room - run.payable if r.compensation else room


def one_run(plan: Plan, ctx: Context, r: Responsibility, base: Fen, room: Fen, drug: Any = None) -> tuple[Run, Fen]:
    """Base through deductible, bands and caps for the year, the stay or one drug; writes the running totals."""
    terms = ctx.terms(r.terms, drug)
    base = only(ctx, terms.covered, base)
    year = ctx.running(r.key, drug)
    before = (0, 0, 0) if r.per == "stay" else year
    if r.deductible_pool is None:
        left = ctx.ops.maximum(terms.deductible_fen - before[1], 0)
    else:
        pool = ctx.terms(plan.deductible_pools[r.deductible_pool].terms).deductible_fen
        left = ctx.ops.maximum(pool - ctx.pool(f"deductible:{r.deductible_pool}"), 0)
    run = through_schedule(ctx, terms, base, before, left)
    run.drug = drug
    if r.per == "stay":  # deductible and bands start anew, the yearly cap does not
        cut(ctx, run, "cap", "", ctx.ops.maximum(terms.cap_fen - year[2], 0))
    room = finish_run(plan, ctx, r, run, room)
    if r.deductible_pool is not None:
        ctx.use_pool(f"deductible:{r.deductible_pool}", run.deductible)
    ctx.run(r.key, (year[0] + run.base, year[1] + run.deductible, year[2] + run.payable), drug)
    return run, room


def lump_sum(plan: Plan, ctx: Context, r: Responsibility, applies: Mask, room: Fen) -> tuple[Outcome, Fen]:
    """A fixed benefit, once in the year."""
    terms = ctx.terms(r.terms)
    year = ctx.running(r.key)
    amount = only(ctx, applies, only(ctx, terms.covered, terms.amount_fen))
    amount = ctx.ops.where(year[2] > 0, 0, amount)
    run = Run(terms, 0, 0, 0, 0, amount, amount)
    cut(ctx, run, "cap", "", terms.cap_fen)
    room = finish_run(plan, ctx, r, run, room)
    ctx.run(r.key, (0, 0, year[2] + run.payable))
    return Outcome(r, applies, [], 0, 0, run.payable, [run]), room


def compensate(
    plan: Plan, ctx: Context, r: Responsibility, left: dict[str, Fen], done: dict[str, Outcome], room: Fen
) -> tuple[Outcome, Fen]:
    """One responsibility on this bill. Returns the outcome and the room left under the compensation principle."""
    applies = both(ctx.covered, ctx.holds(r.condition)) if ctx.covered is not False else False
    if r.lump_sum:
        return lump_sum(plan, ctx, r, applies, room)
    parts = [(term, only(ctx, applies, fen)) for term, fen in base_parts(plan, ctx, r, left, done)]
    base: Fen = 0
    for _, fen in parts:
        base = base + fen
    base, limited = apply_limits(ctx, r, base, applies)
    runs = []
    if r.per == "drug":
        for drug, fen in drug_slots(ctx, r, parts, applies):
            run, room = one_run(plan, ctx, r, fen, room, drug)
            runs.append(run)
    else:
        run, room = one_run(plan, ctx, r, base, room)
        runs.append(run)
    outcome = Outcome(r, applies, parts, 0, 0, 0, runs, limited)
    for run in runs:
        outcome.base = outcome.base + run.base
        outcome.deductible = outcome.deductible + run.deductible
        outcome.payable = outcome.payable + run.payable
    return outcome, room


def drug_slots(
    ctx: Context, r: Responsibility, parts: list[tuple[BaseTerm, Fen]], applies: Mask
) -> list[tuple[Any, Fen]]:
    """The drugs of a per-drug responsibility; amounts that come without lines count as one unnamed drug."""
    slots: list[tuple[Any, Fen]] = []
    for term, fen in parts:
        if term.lines is not None:
            holds = ctx.holds(term.condition)
            slots += [
                (drug, only(ctx, applies, only(ctx, holds, counted(term, one))))
                for drug, one in ctx.slots(term.lines.key)
            ]
        else:
            slots.append((ctx.unnamed_drug(), fen))
    return slots


def settle(plan: Plan, ctx: Context) -> Settlement:
    """The whole bill. Running totals and pools of the context move on."""
    layers, left = run_layers(plan, ctx)
    personal = ctx.amount("personal")
    free = ctx.ops.maximum(personal - ctx.amount("other_insurers_paid"), 0)
    outcomes: list[Outcome] = []
    done: dict[str, Outcome] = {}
    payable: Fen = 0
    for r in plan.responsibilities:
        outcome, free = compensate(plan, ctx, r, left, done, free)
        outcomes.append(outcome)
        done[r.key] = outcome
        payable = payable + outcome.payable
    return Settlement(layers, outcomes, personal, payable)
