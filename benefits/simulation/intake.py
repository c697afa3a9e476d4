"""People and bills as objects → a `BillTable`, with the very intake that one adjudication uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np

from benefits.adjudication import refusals_of
from benefits.conditions import NUMBERS, YES_NO, FactValue
from benefits.facts import UNKNOWN_AGE, facts_of
from benefits.intake import PLAIN_AMOUNTS, STATED, Intake, take_in
from benefits.model import Bill, Person, YearSoFar
from benefits.opening import EARLIER_BILLS
from benefits.plan import Plan
from benefits.simulation.table import NO_DAY, BillTable, Column, Flags, Numbers, Slots, Words

EPOCH = date(1970, 1, 1).toordinal()


def codes_of(values: Sequence[Hashable]) -> tuple[tuple[Any, ...], np.ndarray[Any, Any]]:
    """Distinct values in order of appearance, and the code of each."""
    index: dict[Hashable, int] = {}
    codes = np.array([index.setdefault(value, len(index)) for value in values], np.int32)
    return tuple(index), codes


def _column(fact: str, values: list[FactValue]) -> Column:
    if fact in YES_NO:
        return Flags(np.array(values, bool))
    if fact in NUMBERS:
        return Numbers(np.array(values, np.int32))
    return Words(*codes_of(values))


def _slots(intakes: Sequence[Intake], key: str, names: dict[str, int]) -> tuple[Any, ...]:
    width = max((len(intake.slots[key]) for intake in intakes), default=0)
    shape = (len(intakes), width)
    amounts, quantities = np.zeros(shape, np.int64), np.ones(shape, np.int64)
    drugs, lines = np.zeros(shape, np.int32), np.full(shape, -1, np.int32)
    for row, intake in enumerate(intakes):
        for column, slot in enumerate(intake.slots[key]):
            amounts[row, column], quantities[row, column] = slot.fen, slot.quantity
            drugs[row, column] = names.setdefault(slot.drug, len(names))
            lines[row, column] = slot.line
    return amounts, drugs, quantities, lines


def _all_slots(intakes: Sequence[Intake]) -> dict[str, Slots]:
    """One list of drugs for all selectors, so that a drug has one running total however it was selected."""
    names: dict[str, int] = {"": 0}
    arrays = {key: _slots(intakes, key, names) for key in (intakes[0].slots if intakes else ())}
    return {key: Slots(one[0], one[1], tuple(names), one[2], one[3]) for key, one in arrays.items()}


def _day(bill: Bill) -> int:
    on = bill.admitted_on or bill.discharged_on
    return NO_DAY if on is None else on.toordinal() - EPOCH


def table_of(plan: Plan, cases: Iterable[tuple[Person, Bill]]) -> BillTable:
    """A table of bills in the given order. Raises what `adjudicate` would raise for a bill that cannot be read."""
    pairs = list(cases)
    seen: Counter[str] = Counter()
    facts, refusals = [], []
    for person, bill in pairs:  # waiting periods and exclusions may ask how many bills came before
        one = facts_of(plan, person, bill, YearSoFar(counts={EARLIER_BILLS: seen[person.id]}))
        refused = refusals_of(plan, person, bill, one)
        seen[person.id] += not refused[0]
        facts.append(one)
        refusals.append(refused)
    intakes = [take_in(plan, bill, excluded) for (_, bill), (_, excluded) in zip(pairs, refusals, strict=True)]
    persons, person_codes = codes_of([person.id for person, _ in pairs])
    _, units = codes_of([person.family_id or f"\0{person.id}" for person, _ in pairs])
    known: set[str] = set().union(*facts) - {"earlier_bills", "drug", "paid_by"} if facts else set()
    known -= {fact for fact in known & set(YES_NO) if any(fact not in one for one in facts)}  # asked for, an error
    amounts = {name: [intake.amounts[name] for intake in intakes] for name in (*PLAIN_AMOUNTS, *plan.amounts, *STATED)}
    return BillTable(
        person=person_codes,
        unit=units,
        amounts={name: np.array(values, np.int64) for name, values in amounts.items()},
        facts={fact: _column(fact, [one.get(fact, UNKNOWN_AGE) for one in facts]) for fact in known},
        slots=_all_slots(intakes),
        day=np.array([_day(bill) for _, bill in pairs], np.int32),
        refused=np.array([bool(reasons) for reasons, _ in refusals], bool),
        person_ids=persons,
    )
