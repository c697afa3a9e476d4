"""`if:` blocks of plan files: facts tested one by one, all of which must hold.

    if: {insured_type: employee, age: {min: 60}, assistance: [特困, 低保]}

One compiled condition serves one bill (`holds`) and arrays of bills (`mask`): a test is a plain function of one value,
and arrays of categories apply it to each distinct value only.

- yes/no facts: `true` or `false`
- words (insured_type, place, hospital_level …): one value or a list, any of which fits
- numbers (age, continuous_years …): a number, or {min: …, max: …}, both inclusive
- sets (assistance, tags, diagnosis): one value or a list, any of which is present; a diagnosis fits by ICD-10 prefix
  ("C34" fits C34.9) or range ("C00-C97")
- `any: [ {…}, {…} ]` at least one of the blocks holds; `not: {…}` the block does not hold
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Mask = bool | npt.NDArray[np.bool_]
"""Whether something holds: for one bill, or for all of many (a plain bool), or bill by bill (an array)."""

YES_NO = (
    "preexisting",
    "family_enrolment",
    "in_waiting_period",
    "large_amount_cover",
    "designated",
    "settled_by_basic",
    "has_lines",
)
WORDS = ("insured_type", "encounter_type", "hospital_level", "hospital_kind", "place", "drug")
NUMBERS = ("age", "continuous_years", "claim_free_years", "earlier_bills")
SETS = ("assistance", "person_tags", "bill_tags", "paid_by", "diagnosis")
FACTS = (*YES_NO, *WORDS, *NUMBERS, *SETS)

FactValue = bool | int | str | frozenset[str]


class FactArrays(Protocol):
    """Facts of many bills at once, as `simulation.table` keeps them."""

    def mask_of(self, fact: str, test: Callable[[FactValue], bool]) -> Mask: ...


def both(one: Mask, other: Mask) -> Mask:
    """Logical and of masks, any of which may be a plain bool."""
    if one is True or other is False:
        return other
    if other is True or one is False:
        return one
    return one & other


def negated(mask: Mask) -> Mask:
    """Logical not of a mask that may be a plain bool."""
    return not mask if isinstance(mask, bool) else ~mask


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled `if:` block. `text` is the block as written, for error messages and explanations."""

    tests: tuple[tuple[str, Callable[[FactValue], bool]], ...]
    any_of: tuple[tuple[Condition, ...], ...] = ()
    none_of: tuple[Condition, ...] = ()
    text: str = ""

    def holds(self, facts: Mapping[str, FactValue]) -> bool:
        """Whether the block holds for one bill. A fact the plan asks for but nobody knows raises KeyError."""
        for fact, test in self.tests:
            if not test(facts[fact]):
                return False
        for group in self.any_of:
            if not any(condition.holds(facts) for condition in group):
                return False
        return not self.none_of or not any(condition.holds(facts) for condition in self.none_of)

    def mask(self, facts: FactArrays) -> Mask:
        """The same for n bills: bool[n], or plain True / False where it is the same for all."""
        mask: Mask = True
        for fact, test in self.tests:
            mask = both(mask, facts.mask_of(fact, test))
        for group in self.any_of:
            either: Mask = False
            for condition in group:
                either = negated(both(negated(either), negated(condition.mask(facts))))
            mask = both(mask, either)
        for condition in self.none_of:
            mask = both(mask, negated(condition.mask(facts)))
        return mask

    @property
    def facts(self) -> frozenset[str]:
        """Every fact the block looks at."""
        own = {fact for fact, _ in self.tests}
        for inner in (*self.none_of, *(c for group in self.any_of for c in group)):
            own |= inner.facts
        return frozenset(own)


ALWAYS = Condition(tests=())


class ConditionError(ValueError):
    """An `if:` block cannot be understood; `key` is the fact at fault."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def diagnosis_fits(code: str, pattern: str) -> bool:
    """ICD-10 prefix ("C34") or inclusive range of three-character categories ("C00-C97")."""
    code, pattern = code.upper(), pattern.upper()
    if "-" in pattern:
        low, high = (part.strip() for part in pattern.split("-", 1))
        return low <= code[: len(low)] and code[: len(high)] <= high
    return code.startswith(pattern)


def _number_test(key: str, wanted: object) -> Callable[[FactValue], bool]:
    if isinstance(wanted, Mapping):
        unknown = set(wanted) - {"min", "max"}
        if unknown or not wanted:
            raise ConditionError(key, f"a range has `min` and/or `max`, not {sorted(unknown)}")
        low, high = wanted.get("min"), wanted.get("max")
        return lambda value: (low is None or value >= low) and (high is None or value <= high)
    if isinstance(wanted, bool) or not isinstance(wanted, int):
        raise ConditionError(key, "expected a whole number or {min: …, max: …}")
    return lambda value: value == wanted


def _test(key: str, wanted: object) -> Callable[[FactValue], bool]:
    if key in YES_NO:
        if not isinstance(wanted, bool):
            raise ConditionError(key, "expected true or false")
        return lambda value: value is wanted or bool(value) == wanted
    if key in NUMBERS:
        return _number_test(key, wanted)
    choices = frozenset(str(one) for one in (wanted if isinstance(wanted, list) else [wanted]))
    if not choices or isinstance(wanted, Mapping | bool):
        raise ConditionError(key, "expected a word or a list of words")
    if key in WORDS:
        return lambda value: value in choices
    if key == "diagnosis":
        return lambda value: any(diagnosis_fits(code, pattern) for code in value for pattern in choices)  # type: ignore[union-attr]  # sets by FACTS
    return lambda value: not choices.isdisjoint(value)  # type: ignore[arg-type]  # sets by FACTS


def compile_condition(block: Mapping[str, object] | None) -> Condition:
    """Compile an `if:` block. Raises ConditionError naming the fact."""
    if not block:
        return ALWAYS
    tests, any_of, none_of = [], [], []
    for key, wanted in block.items():
        if key == "any":
            if not isinstance(wanted, list):
                raise ConditionError(key, "expected a list of blocks")
            any_of.append(tuple(compile_condition(inner) for inner in wanted))
        elif key == "not":
            if not isinstance(wanted, Mapping):
                raise ConditionError(key, "expected a block")
            none_of.append(compile_condition(wanted))
        elif key in FACTS:
            tests.append((key, _test(key, wanted)))
        else:
            raise ConditionError(key, f"unknown fact; known are {', '.join(FACTS)}")
    return Condition(tuple(tests), tuple(any_of), tuple(none_of), ", ".join(f"{k}: {v}" for k, v in block.items()))
