"""What cover costs a person."""

from __future__ import annotations

from datetime import date

from benefits.errors import BenefitsError, NotStated
from benefits.facts import person_facts
from benefits.model import Person
from benefits.plan import Plan


def premium_fen(plan: Plan, person: Person, *, on: date | None = None) -> int:
    """The premium of a person on a day (her cover's first day, else the plan's). Raises BenefitsError when no line of
    the plan fits her, BadValue when a line depends on something that is not known of her.
    """
    facts = person_facts(plan, person, on or person.cover_from or plan.on)
    for line in plan.premiums:
        if line.condition.holds(facts):
            if line.amount_fen is None:
                raise NotStated(f"premium ({line.who.en})")
            return line.amount_fen
    raise BenefitsError(f"{plan.id}: no premium line fits person {person.id}; add one to `premium:`")
