"""A year so far as it comes in: every name known to the plan, no amount that cannot be, what is left out inferred.

What only the eligible amount is known of (a published "accumulated before this claim") is inferred under the terms of
the bill at hand where there is one answer: a yearly deductible and schedule. Where there are many (each stay has its
own deductible, a total says nothing of the drugs it is made of), the error says what to give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from benefits.errors import BadValue
from benefits.model import Accumulator, YearSoFar
from benefits.money import check_fen
from benefits.plan import Plan, Responsibility
from benefits.schedule import cumulative

EARLIER_BILLS = "bills"
"""Among `counts`: how many bills the year already holds, refused ones left aside."""


def earlier_bills(year: YearSoFar) -> int:
    """How many bills the year holds: as counted, else as named."""
    return year.counts.get(EARLIER_BILLS, len(year.bills))


def check_year(plan: Plan, year: YearSoFar) -> None:
    """Raises BadValue for a name the plan does not have, with the one that was meant, and for impossible amounts."""
    for name, known in year.running.items():
        where = f"year_so_far.running.{name}"
        if name not in plan.running_names and name.partition("/")[0] not in plan.names_per_drug:
            raise BadValue(where, _unknown(name, plan.running_names))
        _possible(where, known, lump=name in plan.lump_sums)
    for what, names, held in (("pools", plan.pool_names, year.pools), ("counts", plan.count_names, year.counts)):
        for name, value in held.items():
            check_fen(f"year_so_far.{what}.{name}", value)
            if name not in names and not _has_parts(name, names):
                raise BadValue(f"year_so_far.{what}.{name}", _unknown(name, names))


def _has_parts(name: str, names: frozenset[str]) -> bool:
    """Whether it is a part (a drug, a month) of something counted: "own:pet/D1"."""
    return any(name.startswith((f"{one}/", f"{one}@")) for one in names)


def _unknown(name: str, names: frozenset[str]) -> str:
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(names)) or 'none'}"
    return f"the plan has nothing of this name; {hint}"


def _possible(where: str, known: Accumulator, *, lump: bool) -> None:
    base = check_fen(f"{where}.base_fen", known.base_fen)
    used = check_fen(f"{where}.deductible_used_fen", known.deductible_used_fen or 0)
    paid = check_fen(f"{where}.paid_fen", known.paid_fen or 0)
    if used > base:
        raise BadValue(f"{where}.deductible_used_fen", f"{used} fen of deductible are above the amount itself, {base}")
    if paid > base - used and not lump:
        raise BadValue(f"{where}.paid_fen", f"{paid} fen were paid on {base - used} above the deductible")


def _is_whole(known: Accumulator) -> bool:
    return known.deductible_used_fen is not None and known.paid_fen is not None


def infer_unknown(plan: Plan, context: Any) -> None:
    """Fill in what was taken and paid on totals of which only the eligible amount is known. `context`: one bill's."""
    if all(_is_whole(known) for known in context.totals.values()) and not plan.names_per_drug:
        return
    for layer in plan.layers:
        key = f"layer:{layer.key}"
        known = context.totals.get(key)
        if known is not None and not _is_whole(known):
            if layer.per_stay:
                raise BadValue(f"year_so_far.running.{key}", _each_stay())
            context.totals[key] = _inferred(context.terms(layer.terms), known)
    for r in plan.responsibilities:
        if r.per == "drug":
            _infer_drugs(r, context)
            continue
        known = context.totals.get(r.key)
        if known is None or _is_whole(known):
            continue
        if r.per == "stay":
            raise BadValue(f"year_so_far.running.{r.key}", _each_stay())
        context.totals[r.key] = _infer_responsibility(plan, context, r, known)


def _each_stay() -> str:
    return "each stay has its own deductible, so the amount alone does not tell: give deductible_used_fen and paid_fen"


def _inferred(terms: Any, known: Accumulator, used: int | None = None) -> Accumulator:
    if used is None:
        used = known.deductible_used_fen
    if used is None:
        used = min(known.base_fen, terms.deductible_fen)
    paid = known.paid_fen
    if paid is None:
        paid = min(cumulative(terms.schedule, terms.after_deductible, known.base_fen, used), terms.cap_fen)
        paid = min(paid, known.base_fen - used)
    return Accumulator(known.base_fen, used, paid)


def _infer_responsibility(plan: Plan, context: Any, r: Responsibility, known: Accumulator) -> Accumulator:
    used = known.deductible_used_fen
    if used is None and r.deductible_pool is not None:
        pool = plan.deductible_pools[r.deductible_pool]
        left = max(context.terms(pool.terms).deductible_fen - context.pool(f"deductible:{pool.key}"), 0)
        used = min(known.base_fen, left)
        context.use_pool(f"deductible:{pool.key}", used)
    whole = _inferred(context.terms(r.terms), known, used)
    if known.paid_fen is None:
        for key in r.cap_pools:
            context.use_pool(f"cap:{key}", whole.paid_fen or 0)
    return whole


def _drugs_of(r: Responsibility, totals: Mapping[str, Accumulator]) -> Iterator[tuple[str, str]]:
    for key in totals:
        if key.startswith(f"{r.key}/"):
            yield key, key.removeprefix(f"{r.key}/")


def _infer_drugs(r: Responsibility, context: Any) -> None:
    """Each drug by its own terms; their total is their sum, and a total alone does not say what it is made of."""
    drugs = list(_drugs_of(r, context.totals))
    for key, drug in drugs:
        if not _is_whole(context.totals[key]):
            if r.deductible_pool is not None:
                raise BadValue(f"year_so_far.running.{key}", "shares its deductible: give deductible_used_fen too")
            context.totals[key] = _inferred(context.terms(r.terms, drug), context.totals[key])
            for pool in r.cap_pools:
                context.use_pool(f"cap:{pool}", context.totals[key].paid_fen)
    stated = context.totals.get(r.key)
    parts = [context.totals[key] for key, _ in drugs]
    if stated is not None and stated.base_fen != sum(one.base_fen for one in parts):
        raise BadValue(
            f"year_so_far.running.{r.key}",
            f"is not the sum of its drugs: give what was used of each, as {r.key}/CODE",
        )
    if parts:
        context.totals[r.key] = Accumulator(
            sum(one.base_fen for one in parts),
            sum(one.deductible_used_fen or 0 for one in parts),
            sum(one.paid_fen or 0 for one in parts),
        )
