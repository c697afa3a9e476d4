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

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

import numpy as np
import numpy.typing as npt

from benefits.model import ENCOUNTER_TYPES, INSURED_TYPES, LAYERS, PLACES

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
    "renewed_in_time",
    "claimed_in_first_year",
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
    words: tuple[tuple[str, frozenset[str]], ...] = ()
    flags: tuple[tuple[str, bool], ...] = ()
    """What single-valued facts must be, for proofs that two blocks never hold together."""
    members: tuple[tuple[str, frozenset[str]], ...] = ()
    """Which members of a set (a class of assistance, a tag) are asked for."""

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

    def excludes(self, other: Condition) -> bool:
        """Whether no bill can fit both, as far as words and yes/no facts show it."""
        words, flags = dict(self.words), dict(self.flags)
        return any(fact in words and words[fact].isdisjoint(asked) for fact, asked in other.words) or any(
            fact in flags and flags[fact] != asked for fact, asked in other.flags
        )

    @property
    def asked_members(self) -> Iterator[tuple[str, str]]:
        """(fact, member) of every set that the block looks into: ("assistance", "特困") …"""
        yield from ((fact, member) for fact, members in self.members for member in sorted(members))
        for inner in (*self.none_of, *(c for group in self.any_of for c in group)):
            yield from inner.asked_members

    @property
    def needs_no_lines(self) -> bool:
        return ("has_lines", False) in self.flags

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


KNOWN_WORDS: dict[str, tuple[str, ...]] = {
    "insured_type": INSURED_TYPES,
    "encounter_type": ENCOUNTER_TYPES,
    "place": PLACES,
    "paid_by": LAYERS,
}
"""Facts whose words are closed: another word would hold for nobody, and nobody would notice."""

POSSIBLE = {"age": (0, 150), "continuous_years": (1, 150), "claim_free_years": (0, 150), "earlier_bills": (0, 10**6)}

ICD = re.compile(r"[A-Z]([0-9]([0-9A-Z](\.?[0-9A-Z]{1,4})?)?)?")


def known_word(key: str, word: str, known: tuple[str, ...]) -> None:
    """Raises ConditionError for a word that nothing carries, with the one that was meant."""
    if word not in known:
        near = get_close_matches(word, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        raise ConditionError(key, f"nothing is ever {word!r}; {hint}")


def icd_pattern(key: str, pattern: str) -> None:
    """Raises ConditionError for what no diagnosis code fits."""
    parts = [part.strip().upper() for part in pattern.split("-")]
    if len(parts) > 2 or not all(ICD.fullmatch(part) for part in parts):
        raise ConditionError(key, f"{pattern!r} is no ICD-10 code: write C34, C34.1 or C00-C97")
    if len(parts) == 2 and parts[0] > parts[1]:
        raise ConditionError(key, f"{pattern} holds for no code; did you mean {parts[1]}-{parts[0]}?")


def _possible(key: str, low: int | None, high: int | None) -> None:
    lowest, highest = POSSIBLE[key]
    if low is not None and high is not None and low > high:
        raise ConditionError(key, f"nothing lies between {low} and {high}; did you mean {{min: {high}, max: {low}}}?")
    if (low is not None and low > highest) or (high is not None and high < lowest):
        raise ConditionError(key, f"lies between {lowest} and {highest}: this holds for nobody")


def _number_test(key: str, wanted: object) -> Callable[[FactValue], bool]:
    if isinstance(wanted, Mapping):
        unknown = set(wanted) - {"min", "max"}
        if unknown or not wanted:
            raise ConditionError(key, f"a range has `min` and/or `max`, not {sorted(unknown)}")
        low, high = wanted.get("min"), wanted.get("max")
        _possible(key, low, high)
        return lambda value: (low is None or value >= low) and (high is None or value <= high)
    if isinstance(wanted, bool) or not isinstance(wanted, int):
        raise ConditionError(key, "expected a whole number or {min: …, max: …}")
    _possible(key, wanted, wanted)
    return lambda value: value == wanted


def _choices(wanted: object) -> frozenset[str]:
    return frozenset(str(one) for one in (wanted if isinstance(wanted, list) else [wanted]))


def _test(key: str, wanted: object) -> Callable[[FactValue], bool]:
    if key in YES_NO:
        if not isinstance(wanted, bool):
            raise ConditionError(key, "expected true or false")
        return lambda value: value is wanted or bool(value) == wanted
    if key in NUMBERS:
        return _number_test(key, wanted)
    choices = _choices(wanted)
    if not choices or isinstance(wanted, Mapping | bool):
        raise ConditionError(key, "expected a word or a list of words")
    for word in sorted(choices):
        if key in KNOWN_WORDS:
            known_word(key, word, KNOWN_WORDS[key])
        elif key == "diagnosis":
            icd_pattern(key, word)
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
    words = tuple((key, _choices(wanted)) for key, wanted in block.items() if key in WORDS)
    flags = tuple((key, bool(wanted)) for key, wanted in block.items() if key in YES_NO)
    members = tuple((key, _choices(wanted)) for key, wanted in block.items() if key in SETS)
    text = ", ".join(f"{k}: {v}" for k, v in block.items())
    return Condition(tuple(tests), tuple(any_of), tuple(none_of), text, words, flags, members)
