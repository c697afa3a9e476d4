"""The layers before the product: read from the bill, or computed as if they had paid (Sanmenxia 三(三)1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benefits.conditions import Mask
from benefits.model import LAYERS
from benefits.plan import Layer, Plan
from benefits.runs import Context, Part, Run, cut, only, refuse_unstated, through_schedule
from benefits.schedule import Fen
from benefits.terms import NO_CAP, cost_at_cap

RECORDED = {layer: f"{layer}_paid" for layer in LAYERS}
AFTER = {layer: f"in_scope_after_{layer}" for layer in LAYERS}


@dataclass(slots=True)
class LayerOutcome:
    layer: Layer
    simulated: Mask
    paid: Fen
    run: Run | None
    base: Fen = 0


@dataclass(slots=True)
class HandOver:
    """What a layer is computed on: `fen`, and a further short/per of a fen where an edge is no whole fen."""

    fen: Fen
    short: Fen = 0
    per: Fen = 1


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
            base = layer_base(ctx, layer, in_scope, remaining, done)
            base.fen, base.short = only(ctx, simulated, base.fen), only(ctx, simulated, base.short)
            outcome.run, outcome.base = simulate_layer(ctx, layer, base, remaining), base.fen
            outcome.paid = (
                outcome.run.payable if simulated is True else ctx.ops.where(simulated, outcome.run.payable, recorded)
            )
        remaining = ctx.ops.maximum(remaining - outcome.paid, 0)
        left[AFTER[layer.key]] = remaining
        outcomes.append(outcome)
        done[layer.key] = outcome
    left["in_scope_after_layers"] = remaining
    return outcomes, left


def layer_base(ctx: Context, layer: Layer, in_scope: Fen, remaining: Fen, done: dict[str, LayerOutcome]) -> HandOver:
    """What a simulated layer is computed on (`takes:`): never more than what is left unpaid of the bill."""
    if layer.takes == "in_scope":
        return HandOver(in_scope)
    if layer.takes_from is None:
        return HandOver(remaining)
    source = done[layer.takes_from]
    if source.run is None:  # never simulated: only the record can tell what lay above its cap
        recorded = 0 if layer.takes == "unpaid_benefit" else ctx.ops.minimum(ctx.amount("above_fund_cap"), remaining)
        return HandOver(recorded)
    if layer.takes == "unpaid_benefit":
        over = HandOver(source.run.by_bands - source.run.payable)
    else:
        over = above_edge(ctx, source.layer, source.run, cap_as_cost=layer.takes == "above_cap")
    ops = ctx.ops
    if source.simulated is not True:
        recorded = 0 if layer.takes == "unpaid_benefit" else ctx.amount("above_fund_cap")
        over.fen = ops.where(source.simulated, over.fen, recorded)
        over.short = only(ctx, source.simulated, over.short)
    over.short = ops.where(over.fen >= remaining, 0, over.short)
    over.fen = ops.minimum(over.fen, remaining)
    return over


def above_edge(ctx: Context, source: Layer, run: Run, *, cap_as_cost: bool) -> HandOver:
    """The cost of this bill above the amount at which the layer's cap is reached, to the part of a fen.

    Per year, the edge lies on the year's cost. Per stay, it is where this stay reaches what is left of the year's cap:
    once that is spent, the whole cost lies above it.
    """
    ops = ctx.ops
    whole, short, per = _edge(ctx, source, run, cap_as_cost=cap_as_cost)
    before, after = run.base_before, run.base_before + run.base
    over = ops.maximum(after - whole, 0) - ops.maximum(before - whole, 0)
    crosses = (before < whole) & (after >= whole)
    return HandOver(over, only(ctx, crosses, short), per)


def _edge(ctx: Context, source: Layer, run: Run, *, cap_as_cost: bool) -> tuple[Fen, Fen, Fen]:
    terms, ops = run.terms, ctx.ops
    fresh = isinstance(run.paid_before, int) and run.paid_before == 0
    if not source.per_stay or fresh:
        return (terms.cap_fen, 0, 1) if cap_as_cost else terms.cost_at_cap
    left = ops.where(terms.cap_fen >= NO_CAP, NO_CAP, ops.maximum(terms.cap_fen - run.paid_before, 0))
    if cap_as_cost:
        return left, 0, 1
    return cost_at_cap(terms.schedule, terms.after_deductible, terms.deductible_fen, left, ops)


def simulate_layer(ctx: Context, layer: Layer, base: HandOver, remaining: Fen) -> Run:
    terms = ctx.terms(layer.terms)
    fen, short = only(ctx, terms.covered, base.fen), only(ctx, terms.covered, base.short)
    key = f"layer:{layer.key}"
    year = ctx.running(key)
    before = (0, 0, 0) if layer.per_stay else year
    part = _part_of_year(ctx, layer, key, short, base.per)
    left = ctx.ops.maximum(terms.deductible_fen - before[1], 0)
    run = through_schedule(ctx, terms, fen, before, left, part)
    run.paid_before = year[2]
    if layer.per_stay:  # deductible and bands start anew, the yearly cap does not
        cut(ctx, run, "cap", "", ctx.ops.maximum(terms.cap_fen - year[2], 0))
    cut(ctx, run, "stay_cap", "", terms.stay_cap_fen)
    cut(ctx, run, "remaining", "", remaining)
    refuse_unstated(ctx, layer.key, run)
    if ctx.covered is not False:  # a refused bill moves nothing
        moved = [only(ctx, ctx.covered, by) for by in (fen, run.deductible, run.payable)]
        ctx.run(key, (year[0] + moved[0], year[1] + moved[1], year[2] + moved[2]))
        if part is not None and not layer.per_stay:
            ctx.keep_part(key, ctx.ops.where(ctx.covered, part.after, part.before), part.per)
    return run


def _part_of_year(ctx: Context, layer: Layer, key: str, short: Fen, per: Fen) -> Part | None:
    """The part of a fen on the year's base of a layer. A year crosses a cap once, so one part is all there is."""
    held, held_per = (0, 1) if layer.per_stay else ctx.part(key)
    ops: Any = ctx.ops
    if not ops.any(held) and not ops.any(short):
        return None
    has = held > 0
    return Part(held, ops.where(has, held, short), ops.where(has, held_per, per))
