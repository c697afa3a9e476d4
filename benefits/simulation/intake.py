"""People and bills as objects → a `BillTable`, with the very intake that one adjudication uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np

from benefits.adjudication import refusals_of
from benefits.conditions import NUMBERS, YES_NO, FactValue
from benefits.facts import UNKNOWN_AGE, facts_of
from benefits.intake import PLAIN_AMOUNTS, STATED, Intake, take_in
from benefits.model import Bill, Person, YearSoFar
from benefits.plan import Plan
from benefits.simulation.table import BillTable, Column, Flags, Numbers, Slots, Words


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


def _slots(intakes: Sequence[Intake], key: str) -> Slots:
    width = max((len(intake.slots[key]) for intake in intakes), default=0)
    amounts = np.zeros((len(intakes), width), np.int64)
    drugs = np.zeros((len(intakes), width), np.int32)
    names: dict[str, int] = {"": 0}
    for row, intake in enumerate(intakes):
        for column, (name, fen) in enumerate(intake.slots[key]):
            amounts[row, column] = fen
            drugs[row, column] = names.setdefault(name, len(names))
    return Slots(amounts, drugs, tuple(names))


def table_of(plan: Plan, cases: Iterable[tuple[Person, Bill]]) -> BillTable:
    """A table of bills in the given order. Raises what `adjudicate` would raise for a bill that cannot be read."""
    pairs = list(cases)
    seen: Counter[str] = Counter()
    facts = []
    for person, bill in pairs:  # waiting periods and exclusions may ask how many bills came before
        facts.append(facts_of(plan, person, bill, YearSoFar(bills=("",) * seen[person.id])))
        seen[person.id] += 1
    refusals = [refusals_of(plan, person, bill, one) for (person, bill), one in zip(pairs, facts, strict=True)]
    intakes = [take_in(plan, bill, excluded) for (_, bill), (_, excluded) in zip(pairs, refusals, strict=True)]
    persons, person_codes = codes_of([person.id for person, _ in pairs])
    _, units = codes_of([person.family_id or f"\0{person.id}" for person, _ in pairs])
    known: set[str] = set().union(*facts) - {"earlier_bills", "drug", "paid_by"} if facts else set()
    amounts = {name: [intake.amounts[name] for intake in intakes] for name in (*PLAIN_AMOUNTS, *plan.amounts, *STATED)}
    return BillTable(
        person=person_codes,
        unit=units,
        amounts={name: np.array(values, np.int64) for name, values in amounts.items()},
        facts={fact: _column(fact, [one.get(fact, UNKNOWN_AGE) for one in facts]) for fact in known},
        slots={key: _slots(intakes, key) for key in (intakes[0].slots if intakes else ())},
        refused=np.array([bool(reasons) for reasons, _ in refusals], bool),
        person_ids=persons,
    )
