"""What is known of a person as of a day. Unknown is an error, never "no"."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from core.clock import civil_date
from people.errors import FactUnknown
from people.models import Fact, Person, PersonClass, PersonDocument, PersonInsurance

F = TypeVar("F", bound=Fact)


def facts_on(person: Person, day: date) -> Facts:
    """As of that day, by what the platform has said until now: ask it first (people.actions.check_person) for a day
    after its last answer. Each kind is read when it is asked for, by one query."""
    return Facts(person, day)


@dataclass(frozen=True)
class Facts:
    """Each property raises FactUnknown when it cannot be told. An empty tuple is the platform's own "none".

    A day is known from the first answer to the last one, from the day on that an answer was asked back to, and earlier
    as far as an answer dated what it said. What was said and then no longer said, without a day on which it ended, is
    unknown between the two answers.
    """

    person: Person
    day: date

    @cached_property
    def documents(self) -> tuple[PersonDocument, ...]:
        return self._on_the_day("documents", list(self.person.documents.all()), lambda one: one.kind)

    @cached_property
    def insurances(self) -> tuple[PersonInsurance, ...]:
        return self._on_the_day("insurances", list(self.person.insurances.all()), lambda one: (one.type, one.area))

    @cached_property
    def classes(self) -> tuple[PersonClass, ...]:
        return self._on_the_day("classes", list(self.person.classes.all()), lambda one: one.code)

    def _on_the_day(self, what: str, rows: list[F], key: Callable[[F], Hashable]) -> tuple[F, ...]:
        if self.day > civil_date(self.person.checked_at):
            raise FactUnknown(what, self.day)
        found: dict[Hashable, F] = {}
        for row in sorted(rows, key=lambda row: (row.asked_at, row.pk)):  # the later word counts
            if row.covers(self.day):
                found[key(row)] = row
        if any(self._in_a_gap(row) and key(row) not in found for row in rows):
            raise FactUnknown(what, self.day)
        if not found and self.day < self._told_since:
            raise FactUnknown(what, self.day)
        return tuple(found.values())

    @property
    def _told_since(self) -> date:
        """From this day on a silence of the platform is its "none"."""
        first = civil_date(self.person.created_at)
        return min(first, self.person.told_since or first)

    def _in_a_gap(self, row: Fact) -> bool:
        """After the last day on which it was surely so, before the answer that did not name it any more."""
        if row.to_on is None or row.closed_at is None or row.withdrawn:
            return False
        return row.to_on <= self.day < civil_date(row.closed_at)
