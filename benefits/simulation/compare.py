"""What plan designers ask of a city year: loss ratio, people reached, who gets how much, for which causes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from benefits.conditions import Mask, negated
from benefits.errors import BadValue, NotStated
from benefits.plan import Plan
from benefits.simulation.run import Result
from benefits.simulation.table import BillTable, Column, Int64, Numbers, at

AGE_BANDS = ((0, 17), (18, 39), (40, 59), (60, 69), (70, 79), (80, 150))
TOP_CAUSES = 10


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a distribution: people with bills, people reached, their burden before and what the product paid."""

    name: str
    people: int
    reached: int
    burden_fen: int
    paid_fen: int

    @property
    def paid_share(self) -> float:
        """Part of the burden the product pays; for reports only, never for money."""
        return self.paid_fen / self.burden_fen if self.burden_fen else 0.0


@dataclass(slots=True)
class Comparison:
    """One plan's figures on a table of bills."""

    plan_id: str
    plan_name: str
    insured: int
    premium_fen: int
    paid_fen: int
    bills: int
    bills_paid: int
    reached: int
    burden_fen: int
    mean_fen: int
    percentiles_fen: dict[str, int]
    by_responsibility_fen: dict[str, int]
    deciles: list[Group] = field(default_factory=list)
    ages: list[Group] = field(default_factory=list)
    causes: list[Group] = field(default_factory=list)

    @property
    def loss_ratio(self) -> float | None:
        """Paid over premium; None when the plan names no premium."""
        return self.paid_fen / self.premium_fen if self.premium_fen else None


@dataclass(slots=True)
class PeopleFacts:
    """Facts of the insured, for premium lines."""

    facts: dict[str, Column]

    def mask_of(self, fact: str, test: Any) -> Mask:
        column = self.facts.get(fact)
        if column is None:
            raise BadValue(fact, "is not a column of the insured people, but the premium depends on it")
        return column.mask(test, slice(None))


def premium_fen(plan: Plan, facts: dict[str, Column], people: int) -> int:
    """Premium of all people: each pays by the first line that fits. 0 when the plan names none."""
    left: Mask = True
    total = 0
    for line in plan.premiums:
        fits = line.condition.mask(PeopleFacts(facts))
        chosen = np.broadcast_to(np.logical_and(left, fits), people)
        if line.amount_fen is None and chosen.any():
            raise NotStated(f"premium ({line.who.en})")
        total += int(chosen.sum()) * (line.amount_fen or 0)
        left = np.logical_and(left, negated(fits))
    return total


def sum_by(codes: npt.NDArray[Any], fen: Int64, size: int) -> Int64:
    """Exact sums per code (bincount would go through floats)."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, codes, fen)
    return sums


def group_of(name: str, burden: Int64, paid: Int64) -> Group:
    return Group(name, len(burden), int((paid > 0).sum()), int(burden.sum()), int(paid.sum()))


def _deciles(burden: Int64, paid: Int64) -> list[Group]:
    """People with a burden, from the lightest tenth to the heaviest."""
    order = np.argsort(burden, kind="stable")
    order = order[burden[order] > 0]
    return [group_of(f"D{i}", burden[part], paid[part]) for i, part in enumerate(np.array_split(order, 10), start=1)]


def _ages(table: BillTable, person_age: npt.NDArray[Any], burden: Int64, paid: Int64) -> list[Group]:
    bands = []
    for low, high in AGE_BANDS:
        rows = (person_age >= low) & (person_age <= high)
        bands.append(group_of(f"{low}-{high}" if high < 150 else f"{low}+", burden[rows], paid[rows]))
    return bands


def _causes(table: BillTable, result: Result) -> list[Group]:
    column = table.labels.get("cause")
    if column is None:
        return []
    names = column.to_pylist()
    kinds = {name: code for code, name in enumerate(dict.fromkeys(names))}
    codes = np.array([kinds[name] for name in names], np.int32)
    burden = sum_by(codes, result.personal_fen, len(kinds))
    paid = sum_by(codes, result.payable_fen, len(kinds))
    bills, hit = np.bincount(codes), np.bincount(codes, weights=result.payable_fen > 0)
    order = np.argsort(-paid, kind="stable")[:TOP_CAUSES]
    by_code = list(kinds)
    return [Group(str(by_code[c]), int(bills[c]), int(hit[c]), int(burden[c]), int(paid[c])) for c in order]


def compare(
    plan: Plan,
    table: BillTable,
    result: Result,
    *,
    insured: int | None = None,
    people_facts: dict[str, Column] | None = None,
) -> Comparison:
    """Figures of one result. Without the insured people, those with bills stand for them (the loss ratio says less)."""
    people = table.people
    burden = sum_by(table.person, result.personal_fen, people)
    paid = sum_by(table.person, result.payable_fen, people)
    first = np.zeros(people, np.intp)
    first[table.person[::-1]] = np.arange(table.n)[::-1]
    facts = (
        people_facts if people_facts is not None else {name: at(column, first) for name, column in table.facts.items()}
    )
    count = people if insured is None else insured
    reached = paid[paid > 0]
    ages = table.facts.get("age")
    person_age = ages.values[first] if isinstance(ages, Numbers) else np.full(people, -1)
    points = (50, 90, 95, 99, 100)
    levels = np.percentile(reached, points, method="inverted_cdf") if len(reached) else np.zeros(len(points))
    return Comparison(
        plan_id=plan.id,
        plan_name=plan.name.zh,
        insured=count,
        premium_fen=premium_fen(plan, facts, count),
        paid_fen=int(paid.sum()),
        bills=table.n,
        bills_paid=int((result.payable_fen > 0).sum()),
        reached=len(reached),
        burden_fen=int(burden.sum()),
        mean_fen=int(paid.sum()) // max(len(reached), 1),
        percentiles_fen={f"P{point}": int(level) for point, level in zip(points, levels, strict=True)},
        by_responsibility_fen={key: int(values.sum()) for key, values in result.by_responsibility.items()},
        deciles=_deciles(burden, paid),
        ages=_ages(table, person_age, burden, paid) if isinstance(ages, Numbers) else [],
        causes=_causes(table, result),
    )
