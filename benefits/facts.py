"""Facts of one person and one bill, as `if:` blocks name them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from benefits.conditions import FactValue, diagnosis_fits
from benefits.continuity import row_facts, with_continuity
from benefits.errors import BadValue
from benefits.model import LAYERS, Bill, DatedCode, Person, YearSoFar
from benefits.opening import earlier_bills
from benefits.plan import Plan, PreexistingRule

UNKNOWN_AGE = -1
"""Age in arrays of a person whose birth date is not known; asking for it is an error, here and there."""


NEEDED = {
    "age": "birth_date (or age)",
    "renewed_in_time": "earlier_covers (with bought_on)",
    "claimed_in_first_year": "earlier_covers",
}
"""What to give of a person so that a fact is known, where it has another name."""


class Facts(dict[str, FactValue]):
    """Facts by name; one that nobody knows is an error that says what to give, never a guess."""

    def __missing__(self, fact: str) -> FactValue:
        needed = NEEDED.get(fact, fact)
        raise BadValue(f"person.{needed}", "is not known, but the plan's terms depend on it")


PAID_FIELDS = tuple((layer, f"{layer}_paid_fen") for layer in LAYERS)


def years_between(start: date, end: date) -> int:
    """Whole years passed, as birthdays count them."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


OLDEST = 150
"""Nobody was ever older: an age above it is a wrong date."""


def age_on(person: Person, on: date) -> int:
    """Whole years on a day, UNKNOWN_AGE if nobody knows. Raises BadValue for people who cannot be."""
    age = UNKNOWN_AGE if person.age is None else person.age
    if person.age is not None and not 0 <= age <= OLDEST:
        raise BadValue("person.age", f"{age} is no age of a person")
    if person.birth_date is not None:
        age = years_between(person.birth_date, on)
        if person.birth_date > on:
            raise BadValue("person.birth_date", f"{person.birth_date} lies after the day of the bill, {on}")
        if age > OLDEST:
            raise BadValue("person.birth_date", f"{person.birth_date} would make an age of {age} years")
    return age


LONG_AGO = date.min
"""The day of something known without its day: before any cover, and too long ago for a rule that counts years."""


def _history_ends_on(rule: PreexistingRule, person: Person) -> date:
    """The day before which a history counts. Raises BadValue naming the day that nobody gave."""
    if rule.from_first_cover and person.first_cover_from is not None:
        return person.first_cover_from
    if rule.from_first_cover and person.continuous_years > 1:
        raise BadValue("person.first_cover_from", "is not known, but the plan counts what was known before it")
    if person.cover_from is None:
        raise BadValue("person.cover_from", "is not known, but the plan counts what was known before it")
    return person.cover_from


def _before_cover(rule: PreexistingRule, person: Person, on: date) -> bool:
    return on == LONG_AGO or on < _history_ends_on(rule, person)


def _counts(rule: PreexistingRule, person: Person, past: DatedCode, field: str) -> bool:
    """Whether it was known before the cover, and not too long before. Raises BadValue naming the missing day."""
    if not _before_cover(rule, person, past.on):
        return False
    if rule.within_years is None:
        return True
    if past.on == LONG_AGO:
        raise BadValue(field, f"has {past.code} without its day, but the plan counts years since")
    return years_between(past.on, _history_ends_on(rule, person)) < rule.within_years


def _codes_that_count(
    rule: PreexistingRule, person: Person, history: Sequence[DatedCode], field: str
) -> tuple[set[str], BadValue | None]:
    """Codes of the history that count, and what is missing to tell it of another one."""
    codes: set[str] = set()
    missing: BadValue | None = None
    for past in history:
        try:
            if _counts(rule, person, past, field):
                codes.add(past.code)
        except BadValue as error:
            missing = error
    return codes, missing


def is_preexisting(rule: PreexistingRule, person: Person, bill: Bill | None) -> bool:
    """Whether the person (or this bill, for rules on the same disease) counts as pre-existing. Stated status wins.

    Raises BadValue when the answer hangs on a day that is not known: no history is no, an undated cover is not.
    """
    if person.preexisting is not None:
        return person.preexisting
    if rule.lifted_after_years is not None and person.continuous_years > rule.lifted_after_years:
        return False
    if rule.rule == "earlier_benefit":
        paid = [past for past in person.earlier_benefits if past.code in rule.benefits]
        codes, missing = _codes_that_count(rule, person, paid, "person.earlier_benefits")
    elif rule.rule == "diagnoses":
        groups = rule.diagnoses
        if rule.same_disease_only and bill is not None:
            groups = tuple(g for g in groups if any(diagnosis_fits(code, g) for code in bill.diagnoses))
        listed = [past for past in person.known_diagnoses if any(diagnosis_fits(past.code, g) for g in groups)]
        codes, missing = _codes_that_count(rule, person, listed, "person.known_diagnoses")
    else:
        return False
    if missing is not None and not codes:
        raise missing
    return bool(codes)


def person_facts(plan: Plan, person: Person, on: date) -> Facts:
    """The facts that hold whatever the bill. What is not known is left out, so that a plan that asks for it fails."""
    if person.cover_from and person.cover_to and person.cover_to <= person.cover_from:
        raise BadValue("person.cover_to", f"{person.cover_to} is the day after the last: it lies after cover_from")
    person = with_continuity(plan.continuity, person)
    if person.continuous_years < 1:
        raise BadValue("person.continuous_years", "counts this year too: 1 is the first year")
    age = age_on(person, on)
    facts = Facts() if age == UNKNOWN_AGE else Facts(age=age)
    facts |= {
        "insured_type": person.insured_type,
        "assistance": person.assistance,
        "person_tags": person.tags,
        "continuous_years": person.continuous_years,
        "claim_free_years": person.claim_free_years,
        "family_enrolment": person.family_enrolment,
        "in_waiting_period": person.in_waiting_period,
        "large_amount_cover": person.large_amount_cover,
    }
    facts |= row_facts(plan.continuity, person)
    with suppress(BadValue):  # facts_of, which decides a bill, lets the error through
        facts["preexisting"] = is_preexisting(plan.preexisting, person, None)
    return facts


def bill_day(plan: Plan, bill: Bill) -> date:
    return bill.admitted_on or bill.discharged_on or plan.on


def facts_of(plan: Plan, person: Person, bill: Bill, year: YearSoFar) -> Facts:
    """All facts an `if:` block may ask for, but `drug`, which belongs to a line."""
    on = bill_day(plan, bill)
    if bill.discharged_on and bill.admitted_on and bill.discharged_on < bill.admitted_on:
        raise BadValue("bill.discharged_on", "discharge lies before admission")
    facts = person_facts(plan, person, on)
    person = with_continuity(plan.continuity, person)
    facts |= {
        "preexisting": is_preexisting(plan.preexisting, person, bill),
        "encounter_type": bill.encounter_type,
        "hospital_level": bill.hospital_level,
        "hospital_kind": bill.hospital_kind,
        "place": bill.place,
        "designated": bill.designated,
        "settled_by_basic": bill.settled_by_basic,
        "has_lines": bool(bill.lines),
        "diagnosis": frozenset(bill.diagnoses),
        "bill_tags": bill.tags,
        "earlier_bills": earlier_bills(year),
        "paid_by": frozenset(layer for layer, field in PAID_FIELDS if getattr(bill, field) > 0),
    }
    return facts
