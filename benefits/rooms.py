"""No fen is paid twice: what a bill still offers, all in all and part by part, while responsibilities pay in turn.

Two responsibilities may count the same part of a bill (both "outside the catalogue"). Each part is paid at most the
person's own cost of it. Which parts are counted more than once is known when a plan is compiled (`shared_parts`);
for all other parts nothing is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benefits.model import LAYERS, amounts_of_role
from benefits.plan import BaseTerm, FiledList, LineSelector, Responsibility
from benefits.runs import Context, Run, cut
from benefits.schedule import Fen

BILL_PARTS = tuple(amount.name for amount in amounts_of_role("part"))


def parts_of(term: BaseTerm, own_amounts: tuple[str, ...]) -> frozenset[str]:
    """The parts of a bill that a base counts. What others left over is a part of its own."""
    if term.residual_of:
        return frozenset(f"residual:{key}" for key in term.residual_of)
    if term.lines is not None:
        return frozenset(BILL_PARTS if term.lines.measure == "amount" else {"out_of_catalogue"})
    name = term.amount or ""
    if name.startswith("in_scope") or name in ("above_fund_cap", "deductible"):
        return frozenset({"in_scope"})
    return frozenset({*BILL_PARTS, *own_amounts} if name in ("total", "personal") else {name})


def own_cost(ctx: Context, part: str) -> Fen:
    """What the person bears of a part of the bill: within the catalogue, what no fund really paid."""
    cost = ctx.amount(part)
    if part == "in_scope":
        for layer in LAYERS:
            cost = cost - ctx.amount(f"{layer}_paid")
        cost = ctx.ops.maximum(cost, 0)
    return cost


@dataclass(slots=True)
class Rooms:
    """`free`: under the compensation principle; `parts`: by part of the bill, once a responsibility that shares it has
    been computed; `borne`: on this bill of deductibles that another scheme counts."""

    free: Fen
    parts: dict[str, Fen] = field(default_factory=dict)
    borne: dict[str, Fen] = field(default_factory=dict)

    def limit(self, ctx: Context, r: Responsibility, run: Run, by_part: dict[str, Fen]) -> None:
        """Cut a run to what is left all in all, then part by part."""
        if not r.compensation:
            return
        cut(ctx, run, "compensation", "", self.free)
        if by_part:
            excess: Fen = 0
            for part, fen in by_part.items():
                share = ctx.ops.share(run.payable, ctx.ops.minimum(fen, run.base), run.base)
                excess = excess + ctx.ops.maximum(share - self._left(ctx, part), 0)
            cut(ctx, run, "part", "", ctx.ops.maximum(run.payable - excess, 0))

    def use(self, ctx: Context, r: Responsibility, run: Run, by_part: dict[str, Fen]) -> None:
        """Take what a run pays; a share of a fen of a part counts as a fen."""
        if not r.compensation:
            return
        self.free = self.free - run.payable
        for part, fen in by_part.items():
            counted = ctx.ops.minimum(fen, run.base)
            share = ctx.ops.share(run.payable, counted, run.base)
            share = ctx.ops.where((counted < run.base) & (counted > 0) & (share < run.payable), share + 1, share)
            self.parts[part] = ctx.ops.maximum(self._left(ctx, part) - share, 0)

    def _left(self, ctx: Context, part: str) -> Fen:
        if part not in self.parts:
            self.parts[part] = own_cost(ctx, part)
        return self.parts[part]

    def open_residual(self, key: str, fen: Fen) -> None:
        """What a responsibility left over may be paid once by those that count it."""
        self.parts.setdefault(f"residual:{key}", fen)

    def bear(self, pool: str, fen: Fen) -> None:
        self.borne[pool] = self.borne.get(pool, 0) + fen


Lists = Mapping[str, FiledList]


def shared_by(
    responsibilities: Sequence[Responsibility], own_amounts: tuple[str, ...], lists: Lists
) -> dict[str, tuple[str, ...]]:
    """For each responsibility, the parts that another one counts too and that are not kept apart by the file."""
    out: dict[str, tuple[str, ...]] = {}
    for one in responsibilities:
        shared: set[str] = set()
        for other in responsibilities:
            if other is not one and one.compensation and other.compensation:
                shared |= common_parts(one, other, own_amounts, lists)
        out[one.key] = tuple(sorted(shared))
    return out


def common_parts(one: Responsibility, other: Responsibility, own_amounts: tuple[str, ...], lists: Lists) -> set[str]:
    """The parts of a bill that both may count on one bill."""
    common: set[str] = set()
    if one.condition.excludes(other.condition):
        return common
    for a in one.base:
        for b in other.base:
            if not kept_apart(a, b, one.key, other.key, lists):
                common |= parts_of(a, own_amounts) & parts_of(b, own_amounts)
    return common


def minus_of(one: Responsibility) -> frozenset[str]:
    """Whose lines are taken out of the lines of a responsibility."""
    return frozenset(key for term in one.base if term.lines is not None for key in term.minus)


def same_lines(one: Responsibility, other: Responsibility, lists: Lists) -> bool:
    """Whether both may count the same fee line on one bill: a line is one cost, and is paid under one head."""
    return not one.condition.excludes(other.condition) and any(
        a.lines is not None and b.lines is not None and not kept_apart(a, b, one.key, other.key, lists)
        for a in one.base
        for b in other.base
    )


def kept_apart(a: BaseTerm, b: BaseTerm, key_a: str, key_b: str, lists: Lists) -> bool:
    """Whether no fen can be in both: one takes the other out, they never hold on one bill, or no line fits both."""
    if a.condition.excludes(b.condition):
        return True
    if a.lines is not None and b.lines is not None and _no_line_fits_both(a.lines, b.lines, lists):
        return True
    for term, other, key in ((a, b, key_b), (b, a, key_a)):
        if other.lines is not None and key in term.minus:
            return True
        if other.amount is not None and other.amount in term.minus_amounts:
            return True
        if other.lines is not None and term.condition.needs_no_lines:
            return True
    return False


def _no_line_fits_both(a: LineSelector, b: LineSelector, lists: Lists) -> bool:
    marks = ((a.kinds, b.kinds), (a.catalogues, b.catalogues), (a.codes, b.codes))
    if any(one and other and one.isdisjoint(other) for one, other in marks):
        return True
    one, other = lists.get(a.list_key or ""), lists.get(b.list_key or "")
    if one is None or other is None:
        return False
    return one.codes.isdisjoint(other.codes) and one.names.isdisjoint(other.names)
