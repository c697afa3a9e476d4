"""Bills in columns: amounts as int64 fen, facts as small codes, selected lines as slots.

Rows stand in the order in which they are to be adjudicated; a person's year accumulates from row to row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from benefits.conditions import FactValue, Mask
from benefits.errors import AmountOutOfRange, BadValue
from benefits.money import MAX_FEN

Int64 = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Rows = slice | npt.NDArray[np.intp]

NO_DAY = -(2**31) + 1
"""In arrays of days: the day is not known."""

MOST_DISTINCT_NUMBERS = 4096
"""Whole-number facts (ages, years) lie in a range no wider than this: a test runs once per possible value."""


def answers_by_code(answers: npt.NDArray[np.bool_], codes: npt.NDArray[Any]) -> Mask:
    """The answer of each row; plain True or False when all answers agree."""
    if answers.all() or not answers.any():
        return bool(answers.all() and answers.size)
    mask: npt.NDArray[np.bool_] = answers[codes]
    return mask


@dataclass(frozen=True, slots=True)
class Flags:
    """A yes/no fact per row."""

    values: npt.NDArray[np.bool_]

    def mask(self, test: Callable[[FactValue], bool], rows: Rows) -> Mask:
        yes, no = test(True), test(False)
        if yes == no:
            return yes
        return self.values[rows] if yes else ~self.values[rows]


@dataclass(frozen=True, slots=True)
class Numbers:
    """A whole-number fact per row. UNKNOWN_AGE (-1) in `age` is refused when a plan asks for it."""

    values: npt.NDArray[Any]

    def mask(self, test: Callable[[FactValue], bool], rows: Rows) -> Mask:
        part = self.values[rows]
        if part.size == 0:
            return True
        low, high = int(part.min()), int(part.max())
        if high - low > MOST_DISTINCT_NUMBERS:
            raise BadValue("numbers", f"a fact ranges from {low} to {high}; expected ages, years or counts")
        answers = np.array([test(value) for value in range(low, high + 1)], dtype=bool)
        return answers_by_code(answers, part - low)


@dataclass(frozen=True, slots=True)
class Words:
    """A fact that is one of few values (words, or frozensets of words), as a code per row."""

    categories: tuple[FactValue, ...]
    codes: npt.NDArray[Any]

    def mask(self, test: Callable[[FactValue], bool], rows: Rows) -> Mask:
        answers = np.array([test(value) for value in self.categories], dtype=bool)
        return answers_by_code(answers, self.codes[rows])


@dataclass(frozen=True, slots=True)
class Constant:
    """A fact with one value for every row."""

    value: FactValue

    def mask(self, test: Callable[[FactValue], bool], rows: Rows) -> Mask:
        return test(self.value)


Column = Flags | Numbers | Words | Constant


def at(column: Column, rows: Rows) -> Column:
    """A column at some rows."""
    if isinstance(column, Flags):
        return Flags(column.values[rows])
    if isinstance(column, Numbers):
        return Numbers(column.values[rows])
    if isinstance(column, Words):
        return Words(column.categories, column.codes[rows])
    return column


@dataclass(frozen=True, slots=True)
class Slots:
    """Lines that fit a selector: amounts[n, s] fen, drugs[n, s] codes into `names` (names[0] is ""; one list for all
    selectors), quantities[n, s], and lines[n, s], each line's place on its bill (-1: there is none)."""

    amounts: Int64
    drugs: Codes
    names: tuple[str, ...]
    quantities: Int64
    lines: Codes


@dataclass(slots=True)
class BillTable:
    """n bills of `people` people.

    person: int[n], 0 … people-1. unit: who shares family pools (family, else the person itself), int[n].
    amounts: name → int64[n]. facts: name → column; a fact that no row carries keeps the default of `model.Person` /
    `Bill`. day, cover_from, cover_to: days since 1970-01-01 (int32[n]); None when unknown for all. `labels`: columns
    for reports.
    """

    person: npt.NDArray[Any]
    unit: npt.NDArray[Any]
    amounts: Mapping[str, Int64]
    facts: Mapping[str, Column]
    slots: Mapping[str, Slots] = field(default_factory=dict)
    day: npt.NDArray[np.int32] | None = None
    cover_from: npt.NDArray[np.int32] | None = None
    cover_to: npt.NDArray[np.int32] | None = None
    refused: npt.NDArray[np.bool_] | None = None
    labels: dict[str, Any] = field(default_factory=dict)
    person_ids: Any = None

    def __post_init__(self) -> None:
        for name, values in self.amounts.items():
            if values.dtype != np.int64:
                raise BadValue(name, f"expected int64 fen, got {values.dtype}")
            low = -1 if name in ("total", "account_paid", "cash_paid") else 0
            if values.size and (int(values.min()) < low or int(values.max()) > MAX_FEN):
                raise AmountOutOfRange(f"{name}: between {values.min()} and {values.max()} fen, outside 0 to {MAX_FEN}")

    @property
    def n(self) -> int:
        return len(self.person)

    @property
    def people(self) -> int:
        return int(self.person.max()) + 1 if self.n else 0


DEFAULT_FACTS: dict[str, FactValue] = {
    "preexisting": False,
    "family_enrolment": False,
    "in_waiting_period": False,
    "large_amount_cover": True,
    "designated": True,
    "settled_by_basic": True,
    "has_lines": False,
    "insured_type": "resident",
    "encounter_type": "inpatient",
    "hospital_level": "",
    "hospital_kind": "",
    "place": "local",
    "continuous_years": 1,
    "claim_free_years": 0,
    "assistance": frozenset(),
    "person_tags": frozenset(),
    "bill_tags": frozenset(),
    "diagnosis": frozenset(),
}
"""What a column that a file does not have means: the defaults of `model.Person` and `model.Bill`. `age` has none."""
