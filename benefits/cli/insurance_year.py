"""Which insurance year a bill belongs to, when the file does not say: told when that cannot be known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from benefits.errors import BadValue
from benefits.model import Person

Period = tuple[date, date | None]
"""A plan's first day in force and the day after its last; None: open."""


def _is_one_year(period: Period) -> bool:
    begins, ends = period
    return ends is not None and ends <= _a_year_after(begins)


def _a_year_after(day: date) -> date:
    last = day.year == date.max.year
    return date.max if last else date(day.year + 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


@dataclass(slots=True)
class InsuranceYears:
    """The bills of each person that did not name their year: they belong to one, so their days must fit into one."""

    period: Period
    days: dict[str, set[int]] = field(default_factory=dict)
    covers: dict[str, date | None] = field(default_factory=dict)

    def check(self, person: Person, day: date) -> None:
        """Raises BadValue when a bill without `insurance_year` cannot be of one year with the person's earlier ones, or
        nobody can tell that it is.

        A year is known when the plan is in force for one year, or when the person's cover says where it begins;
        otherwise the bills must lie in one calendar year.
        """
        if _is_one_year(self.period):
            return
        say = "say which insurance year each bill belongs to (insurance_year)"
        if self.covers.get(person.id, person.cover_from) != person.cover_from:
            raise BadValue("insurance_year", f"the cover of {person.id} begins on another day than before: {say}")
        if person.cover_from is not None:
            if day >= _a_year_after(person.cover_from):
                raise BadValue(
                    "insurance_year", f"{day} lies a year or more after cover began, {person.cover_from}: {say}"
                )
            return
        years = self.days.get(person.id, set())
        if years and day.year not in years:
            known = ", ".join(str(year) for year in sorted(years))
            raise BadValue(
                "insurance_year",
                f"{person.id} has bills of {known} and now of {day.year}: {say}, or when her cover began (cover_from)",
            )

    def note(self, person: Person, day: date) -> None:
        """A bill is in."""
        self.days.setdefault(person.id, set()).add(day.year)
        self.covers[person.id] = person.cover_from
