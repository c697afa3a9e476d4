"""The engine's context for many bills: at most one bill of each person (and family) at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benefits.conditions import Condition, FactValue, Mask, both, negated
from benefits.errors import BadValue
from benefits.intake import NOT_STATED, PLAIN_AMOUNTS, STATED, derive
from benefits.model import LAYERS
from benefits.money import MAX_FEN
from benefits.opening import EARLIER_BILLS
from benefits.plan import Limit, Plan
from benefits.runs import Slot
from benefits.schedule import MANY, Fen, Ops, Schedule
from benefits.simulation.table import DEFAULT_FACTS, NO_DAY, BillTable, Column, Constant, Int64, Numbers, Rows, Words
from benefits.sums import PAID
from benefits.terms import Terms, TermSet


@dataclass(slots=True)
class ManyTerms:
    """`Terms` bill by bill: every number an array, looked up from the few distinct terms that occur."""

    covered: Mask
    deductible_fen: Fen
    schedule: Schedule
    after_deductible: bool
    cap_fen: Fen
    stay_cap_fen: Fen
    amount_fen: Fen
    unstated: dict[str, Mask]
    distinct: Sequence[Terms]
    which: npt.NDArray[Any]

    @property
    def cost_at_cap(self) -> tuple[Fen, Fen, Fen]:
        """Looked up when a layer hands over what lies above it: no responsibility asks."""
        whole, short, per = (_of([terms.cost_at_cap[i] for terms in self.distinct], self.which) for i in range(3))
        return whole, short, per


def _of(values: Sequence[Any], which: Any) -> Fen:
    """The value of each bill; plain when all have the same."""
    return values[0] if len(set(values)) == 1 else np.array(values)[which]


def _column(distinct: Sequence[Terms], which: Any, name: str) -> Fen:
    return _of([getattr(terms, name) for terms in distinct], which)


def many_terms(distinct: Sequence[Terms], which: npt.NDArray[Any]) -> Terms | ManyTerms:
    """Terms of each bill, `which[i]` being the index of bill i's terms in `distinct`."""
    if len(distinct) == 1:
        return distinct[0]
    depth = max(len(terms.schedule.edges) for terms in distinct)
    edges: list[Fen] = []
    steps: list[Fen] = []
    for k in range(depth):
        for out, name, beyond in ((edges, "edges", MAX_FEN), (steps, "steps", 0)):
            values = [_at(getattr(terms.schedule, name), k, beyond) for terms in distinct]
            out.append(values[0] if len(set(values)) == 1 else np.array(values, np.int64)[which])
    covered = _column(distinct, which, "covered")
    return ManyTerms(
        covered=covered,
        deductible_fen=_column(distinct, which, "deductible_fen"),
        schedule=Schedule(tuple(edges), tuple(steps)),
        after_deductible=distinct[0].after_deductible,
        cap_fen=_column(distinct, which, "cap_fen"),
        stay_cap_fen=_column(distinct, which, "stay_cap_fen"),
        amount_fen=_column(distinct, which, "amount_fen"),
        unstated={
            name: _of([name in terms.unstated for terms in distinct], which)
            for name in sorted({name for terms in distinct for name in terms.unstated})
        },
        distinct=distinct,
        which=which,
    )


def _at(values: Sequence[int], k: int, beyond: int) -> int:
    """Schedules with fewer edges are filled up with steps of 0 beyond all amounts, which pay nothing."""
    return values[k] if k < len(values) else beyond


@dataclass(frozen=True, slots=True)
class Drug:
    """One slot of lines: the drug of each bill, and the index of its (person, drug) running total among `size`."""

    facts: Words
    pairs: npt.NDArray[Any]
    size: int


class State:
    """Running totals of a simulation: arrays per key, by person, by unit (pools) or by (person, drug) pair.

    While nothing has been written under a key, its totals are the plain number 0: the first round reads no arrays.
    """

    def __init__(self, people: int, units: int) -> None:
        self.people, self.units = people, units
        self.arrays: dict[str, Int64] = {}
        self.spans: dict[str, tuple[int, int]] = {}
        """month, quarter → the first of the table's days, and how many there are."""

    def read(self, key: str, where: Any) -> Fen:
        known = self.arrays.get(key)
        return 0 if known is None else known[where]

    def write(self, key: str, where: Any, values: Fen, size: int) -> None:
        known = self.arrays.get(key)
        if known is None:
            known = self.arrays[key] = np.zeros(size, np.int64)
        known[where] = values


class ManyBills:
    """One round: rows of a table of which no two belong to the same person or family. Lasts for one chunk of rows."""

    ops: Ops = MANY

    def __init__(self, plan: Plan, table: BillTable, rows: Rows, state: State, last: bool) -> None:
        self.plan, self.table, self.rows = plan, table, rows
        self.state, self.last = state, last
        self._masks: dict[int, Mask] = {}
        self._terms: dict[int, Terms | ManyTerms] = {}
        self.person = table.person[rows]
        self.unit = table.unit[rows]
        earlier = state.read(EARLIER_BILLS, self.person)
        self.facts: dict[str, Column] = {"earlier_bills": Constant(0) if isinstance(earlier, int) else Numbers(earlier)}
        self._amounts = self._taken_in()
        self.covered = self._covered()

    def count_bill(self) -> None:
        """These bills are earlier bills of their people from now on, but for those refused."""
        more = self.state.read(EARLIER_BILLS, self.person) + np.where(self.covered, 1, 0)
        self.state.write(EARLIER_BILLS, self.person, more, self.state.people)

    # facts and terms

    def mask_of(self, fact: str, test: Callable[[FactValue], bool]) -> Mask:
        column = self.facts.get(fact) or self.table.facts.get(fact)
        if column is None and fact == "paid_by":
            column = self.facts["paid_by"] = self._paid_by()
        if column is None and fact in DEFAULT_FACTS:
            return test(DEFAULT_FACTS[fact])
        if column is None:
            raise BadValue(fact, "is not a column of these bills, but the plan's terms depend on it")
        if isinstance(column, Numbers) and fact == "age" and column.values[self.rows].min(initial=0) < 0:
            raise BadValue("age", "is not known for every bill, but the plan's terms depend on it")
        return column.mask(test, slice(None) if fact in self.facts else self.rows)

    def _paid_by(self) -> Words:
        """Which layers paid on each bill, from the recorded amounts: one category per combination of layers."""
        codes = np.zeros(len(self.person), np.int32)
        for bit, name in enumerate(PAID):
            codes |= (np.asarray(self._amounts[name] > 0).astype(np.int32)) << bit
        sets = [
            frozenset(layer for bit, layer in enumerate(LAYERS) if code >> bit & 1) for code in range(1 << len(PAID))
        ]
        return Words(tuple(sets), codes)

    def holds(self, condition: Condition) -> Mask:
        if not (condition.tests or condition.any_of or condition.none_of):
            return True
        known = self._masks.get(id(condition))
        if known is None:
            known = self._masks[id(condition)] = condition.mask(self)
        return known

    def terms(self, terms: TermSet, drug: Drug | None = None) -> Terms | ManyTerms:
        if not terms.adjustments:
            return terms.terms(0)
        if drug is not None:
            self.facts["drug"] = drug.facts
            try:
                return self._resolve(terms, cached=False)
            finally:
                del self.facts["drug"]
        known = self._terms.get(id(terms))
        if known is None:
            known = self._terms[id(terms)] = self._resolve(terms, cached=True)
        return known

    def _resolve(self, terms: TermSet, *, cached: bool) -> Terms | ManyTerms:
        always, bits = 0, None
        for bit, adjustment in enumerate(terms.adjustments):
            mask = self.holds(adjustment.condition) if cached else adjustment.condition.mask(self)
            if mask is True:
                always |= 1 << bit
            elif mask is not False:
                shifted = np.left_shift(mask.astype(np.int32), bit)
                bits = shifted if bits is None else bits | shifted
        if bits is None:
            return terms.terms(always)
        distinct, which = _distinct(bits, len(terms.adjustments))
        return many_terms([terms.terms(always | int(mask)) for mask in distinct], which)

    def _covered(self) -> Mask:
        table, rows = self.table, self.rows
        covered: Mask = True if table.refused is None else ~table.refused[rows]
        if table.day is not None and table.cover_from is not None:
            covered = both(covered, table.day[rows] >= table.cover_from[rows])
        for waiting in self.plan.waiting if table.refused is None else ():
            exempt = self.mask_of("encounter_type", waiting.except_encounters.__contains__)
            asked = both(negated(exempt), self.holds(waiting.condition)) if waiting.days else False
            if asked is not False:
                covered = both(covered, negated(both(asked, self._inside(waiting.days, asked))))
        if table.day is not None and table.cover_to is not None:
            covered = both(covered, table.day[rows] < table.cover_to[rows])
        for exclusion in self.plan.exclusions:
            if exclusion.lines is None:
                covered = both(covered, negated(self.holds(exclusion.condition)))
        return covered

    def _inside(self, days: int, asked: Mask) -> Mask:
        """Which bills lie within so many days after cover began. Raises BadValue when a person asked for has no day."""
        table, rows = self.table, self.rows
        for name, column in (("cover_from", table.cover_from), ("admitted_on", table.day)):
            if column is None or np.any(asked & (column[rows] == NO_DAY)):
                raise BadValue(name, "is not known for every bill, but the plan has a waiting period")
        assert table.day is not None and table.cover_from is not None
        inside: Mask = table.day[rows].astype(np.int64) < table.cover_from[rows].astype(np.int64) + days
        return inside

    # amounts

    def amount(self, name: str) -> Fen:
        return self._amounts[name]

    def _taken_in(self) -> dict[str, Fen]:
        """These bills' amounts, with the same total and personal as `intake` derives for one bill."""
        given, rows = self.table.amounts, self.rows
        plain = (*PLAIN_AMOUNTS, *self.plan.amounts)
        amounts: dict[str, Fen] = {name: given[name][rows] if name in given else 0 for name in plain}
        amounts |= {name: given[name][rows] if name in given else NOT_STATED for name in STATED}
        derive(amounts, self.plan.amounts, MANY)
        return amounts

    def slots(self, selector: str) -> list[Slot]:
        slots = self.table.slots.get(selector)
        if slots is None:
            return []
        out = []
        for s in range(slots.amounts.shape[1]):
            codes = slots.drugs[self.rows, s]
            pairs = self.person.astype(np.int64) * len(slots.names) + codes
            drug = Drug(Words(slots.names, codes), pairs, self.state.people * len(slots.names))
            line, quantity = slots.lines[self.rows, s], slots.quantities[self.rows, s]
            out.append(Slot(drug, slots.amounts[self.rows, s], quantity, line))
        return out

    def unnamed_drug(self) -> Drug:
        names = next((slots.names for slots in self.table.slots.values()), ("",))
        nobody = np.zeros(len(self.person), np.int32)
        return Drug(Words(names, nobody), self.person.astype(np.int64) * len(names), self.state.people * len(names))

    # running totals

    def running(self, key: str, drug: Drug | None = None) -> tuple[Fen, Fen, Fen]:
        name, where, _ = self._place(key, drug)
        state = self.state
        return (
            state.read(f"{name}.base", where),
            state.read(f"{name}.deductible", where),
            state.read(f"{name}.paid", where),
        )

    def run(self, key: str, totals: tuple[Fen, Fen, Fen], drug: Drug | None = None) -> None:
        if self.last and drug is None:
            return  # nobody reads a person's totals after the last of their bills
        name, where, size = self._place(key, drug)
        for part, values in zip(("base", "deductible", "paid"), totals, strict=True):
            self.state.write(f"{name}.{part}", where, values, size)

    def part(self, key: str) -> tuple[Fen, Fen]:
        held = self.state.read(f"{key}.part", self.person)
        return (0, 1) if isinstance(held, int) else (held, np.maximum(self.state.read(f"{key}.per", self.person), 1))

    def keep_part(self, key: str, part: Fen, per: Fen) -> None:
        if self.ops.any(part):
            self.state.write(f"{key}.part", self.person, part, self.state.people)
            self.state.write(f"{key}.per", self.person, per, self.state.people)

    def _place(self, key: str, drug: Drug | None) -> tuple[str, Any, int]:
        if drug is None:
            return key, self.person, self.state.people
        return f"{key}/", drug.pairs, drug.size

    def pool(self, key: str) -> Fen:
        return self.state.read(key, self.unit if self._by_family(key) else self.person)

    def use_pool(self, key: str, fen: Fen) -> None:
        where = self.unit if self._by_family(key) else self.person
        size = self.state.units if self._by_family(key) else self.state.people
        self.state.write(key, where, self.state.read(key, where) + fen, size)

    def _by_family(self, key: str) -> bool:
        kind, name = key.split(":", 1)
        return (self.plan.deductible_pools if kind == "deductible" else self.plan.cap_pools)[name].family

    def limit_used(self, limit: Limit, drug: Drug) -> Fen:
        where, _ = self._limit_place(limit, drug)
        return self.state.read(f"limit:{limit.key}", where)

    def use_limit(self, limit: Limit, drug: Drug, used: Fen) -> None:
        where, size = self._limit_place(limit, drug)
        self.state.write(f"limit:{limit.key}", where, used, size)

    def _limit_place(self, limit: Limit, drug: Drug) -> tuple[Any, int]:
        if limit.per == "drug":
            return drug.pairs, drug.size
        if limit.per not in SPANS:
            return self.person, self.state.people
        index, size = self._span(limit.per)
        return self.person.astype(np.int64) * size + index, self.state.people * size

    def _span(self, per: str) -> tuple[Any, int]:
        """The month or quarter of each bill, counted from the table's first, and how many there are."""
        days = self.table.day
        if days is None or np.any(days == NO_DAY):
            raise BadValue("admitted_on", f"is not known for every bill, but the plan has a limit per {per}")
        if per not in self.state.spans:
            all_spans = _months(days) // SPANS[per]
            low = int(all_spans.min(initial=0)) if len(days) else 0
            self.state.spans[per] = low, int(all_spans.max(initial=low)) - low + 1
        low, size = self.state.spans[per]
        return _months(days[self.rows]) // SPANS[per] - low, size


SPANS = {"month": 1, "quarter": 3}
"""Calendar spans a limit may be for, in months."""


def _months(days: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Months since January 1970 of days since its first."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _distinct(bits: npt.NDArray[Any], width: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Distinct masks and, per bill, the index of its own. Counting beats sorting while masks are few."""
    if width > 12:
        return np.unique(bits, return_inverse=True)
    distinct = np.flatnonzero(np.bincount(bits, minlength=1 << width))
    index = np.zeros(1 << width, np.intp)
    index[distinct] = np.arange(len(distinct))
    return distinct, index[bits]
