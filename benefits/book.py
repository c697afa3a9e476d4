"""Many people's years in one run: accumulates bill by bill, carries family pools, takes bills back.

The command line and batch work use it; a service that stores each person's `YearSoFar` itself calls `adjudicate`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from benefits.adjudication import adjudicate
from benefits.errors import BadValue, BenefitsError
from benefits.model import Bill, BillDifference, Decision, Person, Reversal, YearSoFar
from benefits.money import yuan
from benefits.plan import Plan


@dataclass(slots=True)
class Entry:
    person: Person
    year: str
    bill: Bill
    on: date
    decision: Decision


@dataclass(slots=True)
class Book:
    """Years so far of all people seen. `plan_on` gives the plan in force on a day."""

    plan_on: Callable[[date], Plan]
    years: dict[tuple[str, str], YearSoFar] = field(default_factory=dict)
    openings: dict[tuple[str, str], YearSoFar] = field(default_factory=dict)
    family_pools: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def open_year(self, person: Person, year: str, opening: YearSoFar) -> None:
        """Set what was accumulated before the first bill. Refused once a bill of that year is in, and when a family's
        pool is said to hold something else than another member's line or bills say."""
        if any(e.person.id == person.id and e.year == year for e in self.entries):
            raise BadValue("year_so_far", f"{person.id} already has bills in this run; give it with the first one")
        known = self.family_pools.get((person.family_id or "", year), {}) if person.family_id else {}
        for key, fen in opening.pools.items():
            if fen not in (known.get(key, fen), self._opened_with(person, year, key)):
                raise BadValue(
                    f"year_so_far.pools.{key}",
                    f"the family of {person.id} has used {yuan(known[key])} yuan of it in this run, not {yuan(fen)}; "
                    "give a family's pools with its first bill",
                )
        self.years[person.id, year] = self.openings[person.id, year] = opening

    def _opened_with(self, person: Person, year: str, pool: str) -> int | None:
        """What another member's line said of a pool before this run."""
        members = {e.person.id for e in self.entries if e.person.family_id == person.family_id and e.year == year}
        said = [self.openings[one, year].pools.get(pool) for one in members if (one, year) in self.openings]
        return next((fen for fen in said if fen is not None), None)

    def add(
        self, person: Person, bill: Bill, *, on: date, year: str = "", opening: YearSoFar | None = None
    ) -> Decision:
        """Adjudicate a bill on what the person's (and family's) year holds so far; `opening` as in `open_year`.

        All or nothing: a bill that cannot be decided leaves the book as it was.
        """
        if opening is not None:
            self.open_year(person, year, opening)
        try:
            decision = self._adjudicate(person, bill, on, year)
        except BenefitsError:
            if opening is not None:
                del self.years[person.id, year], self.openings[person.id, year]
            raise
        self.entries.append(Entry(person, year, bill, on, decision))
        return decision

    def _adjudicate(self, person: Person, bill: Bill, on: date, year: str) -> Decision:
        plan = self.plan_on(on)
        so_far = self.years.get((person.id, year), YearSoFar())
        family = (person.family_id or "", year)
        if person.family_id:
            so_far = so_far.with_pools_of(self.family_pools.get(family, {}))
        decision = adjudicate(plan, person, so_far, bill)
        self.years[person.id, year] = decision.year_after
        if person.family_id:
            shared = {f"deductible:{p.key}" for p in plan.deductible_pools.values() if p.family}
            shared |= {f"cap:{p.key}" for p in plan.cap_pools.values() if p.family}
            self.family_pools.setdefault(family, {}).update(
                {k: v for k, v in decision.year_after.pools.items() if k in shared}
            )
        return decision

    def reverse(self, person_id: str, bill_id: str) -> Reversal:
        """Take a bill out and re-run the year of the person, and of the whole family when they share pools."""
        found = [e for e in self.entries if e.person.id == person_id and e.bill.id == bill_id]
        if len(found) != 1:
            raise BadValue(
                "reverses", f"{person_id} has {len(found)} bills with the id {bill_id!r} in this run; exactly one must"
            )
        gone = found[0]
        before = dict(self.years), {key: dict(pools) for key, pools in self.family_pools.items()}
        decisions = [(entry, entry.decision) for entry in self.entries]
        try:
            return self._without(gone)
        except BenefitsError:  # the rest of the year cannot stand without this bill: it stays
            self.years, self.family_pools = before
            for entry, decision in decisions:
                entry.decision = decision
            raise

    def _without(self, gone: Entry) -> Reversal:
        group = [e for e in self.entries if e.year == gone.year and self._together(e.person, gone.person)]
        for entry in group:
            key = (entry.person.id, entry.year)
            self.years.pop(key, None)
            if key in self.openings:
                self.years[key] = self.openings[key]
        self.family_pools.pop((gone.person.family_id or "", gone.year), None)
        differences, decisions = [], []
        for entry in group:
            before = entry.decision.payable_fen
            if entry is not gone:
                entry.decision = self._adjudicate(entry.person, entry.bill, entry.on, entry.year)
                decisions.append(entry.decision)
            after = 0 if entry is gone else entry.decision.payable_fen
            if entry is gone or after != before:
                differences.append(BillDifference(entry.bill.id, before, after))
        self.entries.remove(gone)
        year_after = self.years.get((gone.person.id, gone.year), YearSoFar())
        return Reversal(gone.bill.id, tuple(differences), tuple(decisions), year_after)

    @staticmethod
    def _together(one: Person, other: Person) -> bool:
        return one.id == other.id or (one.family_id is not None and one.family_id == other.family_id)
