"""From one bill of a claim to what benefits adjudicates: every fact that the plan asks for, with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import benefits
from claims import errors
from claims.facts.known import Fact, Known, Subject, Unknown
from claims.facts.of_lines import LINE_TAGS, PREFIX, TaggedLines, tags_of_lines
from claims.facts.sealed import bill_of, person_of, seal
from claims.facts.table import GATHERED
from claims.models import Claim, ClaimBill
from products.suppliers import SUPPLIERS

# A stated status takes the place of what it would be reckoned from.
_RECKONED = ("person.known_diagnoses", "person.earlier_benefits")


@dataclass(frozen=True)
class Gathered:
    """facts: by the names of claims.facts.table, those that the plan asks for. asked_tags: of fee lines."""

    subject: Subject
    facts: Mapping[str, Fact]
    lines: TaggedLines
    asked_tags: frozenset[str]

    @property
    def unknown(self) -> dict[str, Unknown]:
        """What the plan asks for and nobody has said."""
        stated = self.facts.get("person.preexisting")
        settled = isinstance(stated, Known) and stated.value is not None
        unknown = {
            name: fact
            for name, fact in self.facts.items()
            if isinstance(fact, Unknown) and not (settled and name in _RECKONED)
        }
        return unknown | ({LINE_TAGS: self.lines.unknown} if self.lines.unknown else {})

    def require(self) -> None:
        """Raises Conflict facts_unknown, naming each."""
        if self.unknown:
            raise errors.facts_unknown("、".join(str(SUPPLIERS.get(name).says) for name in self.unknown))

    @cached_property
    def sealed(self) -> dict[str, dict[str, Any]]:
        """As it is kept with the decision (claims.facts.sealed)."""
        known = {name: fact for name, fact in self.facts.items() if isinstance(fact, Known)}
        return seal({**known, **self.lines.carried})

    def person(self) -> benefits.Person:
        return person_of(self.sealed, self.subject.policy.number)

    def bill(self, number: str) -> benefits.Bill:
        """number: under which the insurance year remembers it."""
        return bill_of(self.sealed, self.subject.bill, number)


def gather(claim: Claim, bill: ClaimBill, plan: benefits.Plan) -> Gathered:
    """What the plan asks for of this bill, as of its day of service, by what is known now. Nobody outside is asked."""
    subject = Subject(claim, bill)
    needs = benefits.needs_of(plan)
    asked = [fact for fact in GATHERED.values() if _asked(fact.name, needs)]
    facts = {fact.name: subject.found(fact.name) or fact.have(subject) for fact in asked}
    asked_tags = frozenset(need.removeprefix(PREFIX) for need in needs if need.startswith(PREFIX))
    return Gathered(subject, facts, tags_of_lines(subject, asked_tags), asked_tags)


def _asked(name: str, needs: frozenset[str]) -> bool:
    return name in needs or any(need.startswith(f"{name}:") for need in needs)
