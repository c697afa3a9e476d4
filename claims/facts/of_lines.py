"""Which tags the fee lines of a bill carry: by the filed lists of the day of service, and by what a reviewer found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from claims.facts.known import Known, Subject, Unknown
from core.clock import civil_date
from products.line_tags import UnitPriceUnknown, said_by
from products.suppliers import Source

LINE_TAGS = "line.tags"
PREFIX = f"{LINE_TAGS}:"


@dataclass(frozen=True)
class TaggedLines:
    """tags: for each line of the bill. who: for each tag that some line carries, who says so. unknown: the first line
    of which a list cannot tell, and nobody has found it."""

    tags: tuple[frozenset[str], ...]
    who: Mapping[str, Known]
    unknown: Unknown | None

    @property
    def carried(self) -> dict[str, Known]:
        """As facts: by tag who says so; and the tags of each line by its place in the bill."""
        if not self.who:
            return {}
        places = {str(place): tags for place, tags in enumerate(self.tags) if tags}
        lines = {place: sorted(tags) for place, tags in places.items()}
        return {**{f"{PREFIX}{tag}": one for tag, one in self.who.items()}, LINE_TAGS: Known(lines, Source.REGISTER)}


def tags_of_lines(subject: Subject, asked: frozenset[str]) -> TaggedLines:
    """asked: tags that the plan looks for. A finding of a line takes the place of what the lists say of it."""
    tags: list[frozenset[str]] = []
    who: dict[str, Known] = {}
    unknown: Unknown | None = None
    for position, line in enumerate(subject.bill.lines):
        found = _found(subject, position, asked)
        try:
            listed = _listed(subject, line, asked)
        except UnitPriceUnknown as error:
            listed = {}
            unknown = unknown or (None if found else Unknown(str(error)))
        said = {**listed, **found}
        who |= {tag: one for tag, one in said.items() if one.value}
        tags.append(frozenset(tag for tag, one in said.items() if one.value))
    return TaggedLines(tuple(tags), who, unknown)


def _listed(subject: Subject, line: dict[str, Any], asked: frozenset[str]) -> dict[str, Known]:
    """Raises UnitPriceUnknown."""
    said = said_by(subject.policy.plan_year.scheme_id, subject.day, **_marks(line))
    return {tag: Known(True, Source.REGISTER, version.from_on) for tag, version in said.items() if tag in asked}


def _found(subject: Subject, position: int, asked: frozenset[str]) -> dict[str, Known]:
    findings = ((tag, subject.findings.get((f"{PREFIX}{tag}", position))) for tag in asked)
    return {
        tag: Known(finding.value, Source.FINDING, civil_date(finding.found_at))
        for tag, finding in findings
        if finding is not None and finding.value is not None
    }


def _marks(line: dict[str, Any]) -> dict[str, Any]:
    """By what a list knows a fee line again."""
    price = line.get("unit_price")
    return {
        "code": line.get("code", ""),
        "name": line.get("name", ""),
        "category": line.get("category", ""),
        "unit_price": Decimal(price) if price else None,
    }
