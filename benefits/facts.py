"""Facts of one person and one bill, as `if:` blocks name them."""

from __future__ import annotations

from datetime import date

from benefits.conditions import FactValue, diagnosis_fits
from benefits.errors import BadValue
from benefits.model import LAYERS, Bill, Person, YearSoFar
from benefits.plan import Plan, PreexistingRule

UNKNOWN_AGE = -1
"""Age in arrays of a person whose birth date is not known; asking for it is an error, here and there."""


class Facts(dict[str, FactValue]):
    """Facts by name; one that nobody knows is an error that says what to give, never a guess."""

    def __missing__(self, fact: str) -> FactValue:
        needed = "birth_date (or age)" if fact == "age" else fact
        raise BadValue(f"person.{needed}", "is not known, but the plan's terms depend on it")


PAID_FIELDS = tuple((layer, f"{layer}_paid_fen") for layer in LAYERS)


def years_between(start: date, end: date) -> int:
    """Whole years passed, as birthdays count them."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def age_on(person: Person, on: date) -> int:
    if person.birth_date is not None:
        return years_between(person.birth_date, on)
    return UNKNOWN_AGE if person.age is None else person.age


def is_preexisting(rule: PreexistingRule, person: Person, bill: Bill | None, on: date) -> bool:
    """Whether the person (or this bill, for rules on the same disease) counts as pre-existing. Stated status wins."""
    if person.preexisting is not None:
        return person.preexisting
    if rule.lifted_after_years is not None and person.continuous_years > rule.lifted_after_years:
        return False
    start = person.cover_from or on
    if rule.from_first_cover and person.first_cover_from is not None:
        start = person.first_cover_from
    if rule.rule == "earlier_benefit":
        return any(
            past.code in rule.benefits
            and past.on < start
            and (rule.within_years is None or years_between(past.on, start) < rule.within_years)
            for past in person.earlier_benefits
        )
    if rule.rule == "diagnoses":
        known = {past.code for past in person.known_diagnoses if past.on < start}
        groups = [g for g in rule.diagnoses if any(diagnosis_fits(code, g) for code in known)]
        if rule.same_disease_only and bill is not None:
            return any(diagnosis_fits(code, g) for code in bill.diagnoses for g in groups)
        return bool(groups)
    return False


def person_facts(plan: Plan, person: Person, on: date) -> Facts:
    """The facts that hold whatever the bill. `age` is left out when unknown, so that a plan that asks for it fails."""
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
        "preexisting": is_preexisting(plan.preexisting, person, None, on),
    }
    return facts


def bill_day(plan: Plan, bill: Bill) -> date:
    return bill.admitted_on or bill.discharged_on or plan.on


def facts_of(plan: Plan, person: Person, bill: Bill, year: YearSoFar) -> Facts:
    """All facts an `if:` block may ask for, but `drug`, which belongs to a line."""
    on = bill_day(plan, bill)
    if bill.discharged_on and bill.admitted_on and bill.discharged_on < bill.admitted_on:
        raise BadValue("bill.discharged_on", "discharge lies before admission")
    facts = person_facts(plan, person, on)
    facts |= {
        "preexisting": is_preexisting(plan.preexisting, person, bill, on),
        "encounter_type": bill.encounter_type,
        "hospital_level": bill.hospital_level,
        "hospital_kind": bill.hospital_kind,
        "place": bill.place,
        "designated": bill.designated,
        "settled_by_basic": bill.settled_by_basic,
        "has_lines": bool(bill.lines),
        "diagnosis": frozenset(bill.diagnoses),
        "bill_tags": bill.tags,
        "earlier_bills": len(year.bills),
        "paid_by": frozenset(layer for layer, field in PAID_FIELDS if getattr(bill, field) > 0),
    }
    return facts
