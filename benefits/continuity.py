"""A row of years insured, told from a person's earlier covers: breaks that are forgiven, renewals that came late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from benefits.errors import BadValue
from benefits.model import EarlierCover, Person
from benefits.plan import Continuity


def row_of(rule: Continuity, covers: tuple[EarlierCover, ...], cover_from: date) -> list[EarlierCover]:
    """The covers of the unbroken row that ends with this year's, newest first. Raises BadValue for overlaps."""
    row: list[EarlierCover] = []
    begins = cover_from
    for cover in sorted(covers, key=lambda one: one.ends_on, reverse=True):
        if cover.ends_on <= cover.begins_on:
            raise BadValue("person.earlier_covers", f"{cover.ends_on} is the day after the last, after begins_on")
        gap = (begins - cover.ends_on).days
        if gap < 0:
            raise BadValue("person.earlier_covers", f"a cover to {cover.ends_on} overlaps the next, from {begins}")
        if gap > rule.break_forgiven_days:
            break
        row.append(cover)
        begins = cover.begins_on
    return row


def with_continuity(rule: Continuity | None, person: Person) -> Person:
    """The person with her years as the plan counts them. Without earlier covers, or a rule, what was stated stands."""
    if rule is None or person.earlier_covers is None:
        return person
    if person.cover_from is None:
        raise BadValue("person.cover_from", "is not known, but the plan counts the years before it")
    row = row_of(rule, person.earlier_covers, person.cover_from)
    claim_free = next((i for i, cover in enumerate(row) if cover.paid_fen), len(row))
    return replace(
        person,
        continuous_years=len(row) + 1,
        claim_free_years=claim_free,
        first_cover_from=row[-1].begins_on if row else person.cover_from,
    )


def row_facts(rule: Continuity | None, person: Person) -> dict[str, bool]:
    """renewed_in_time, claimed_in_first_year; left out when nobody knows."""
    if rule is None or person.earlier_covers is None or person.cover_from is None:
        return {}
    row = row_of(rule, person.earlier_covers, person.cover_from)
    facts = {"claimed_in_first_year": bool(row and row[-1].paid_fen)}
    if not row:
        facts["renewed_in_time"] = False
    elif person.bought_on is not None:
        facts["renewed_in_time"] = (person.bought_on - row[0].ends_on).days <= rule.late_renewal_days
    return facts
