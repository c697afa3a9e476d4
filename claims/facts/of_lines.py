"""Which tags the fee lines of a bill carry: by the filed lists of the day of service, and by what a reviewer found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from claims.facts.known import Known, Subject, Unknown
from core.clock import civil_date
from products.line_tags import UnitPriceUnknown, ceilings_of, said_by
from products.suppliers import Source

LINE_TAGS = "line.tags"
PREFIX = f"{LINE_TAGS}:"
# Of lines that cost more than a highest price: by place and tag, the fen above it. They alone carry the tag.
LINES_ABOVE = "line.above"


@dataclass(frozen=True)
class TaggedLines:
    """tags: for each line of the bill. above: of those, what only the part above a highest price carries, in fen. who:
    for each tag that some line carries, who says so. unknown: the first line of which a list cannot tell, and nobody
    has found it."""

    tags: tuple[frozenset[str], ...]
    above: tuple[Mapping[str, int], ...]
    who: Mapping[str, Known]
    unknown: Unknown | None

    @property
    def carried(self) -> dict[str, Known]:
        """As facts: by tag who says so; and the tags of each line by its place in the bill."""
        if not self.who:
            return {}
        whole = {str(place): tags - set(self.above[place]) for place, tags in enumerate(self.tags)}
        lines = {place: sorted(tags) for place, tags in whole.items() if tags}
        above = {str(place): dict(fen) for place, fen in enumerate(self.above) if any(fen.values())}
        facts = {f"{PREFIX}{tag}": one for tag, one in self.who.items()}
        facts[LINE_TAGS] = Known(lines, Source.REGISTER)
        return {**facts, LINES_ABOVE: Known(above, Source.REGISTER)} if above else facts


def tags_of_lines(subject: Subject, asked: frozenset[str]) -> TaggedLines:
    """asked: tags that the plan looks for. A finding of a line takes the place of what the lists say of it."""
    tags: list[frozenset[str]] = []
    above: list[Mapping[str, int]] = []
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
        above.append(_above(subject, line, tags[-1] - set(found)) if listed else {})
    return TaggedLines(tuple(tags), tuple(above), who, unknown)


def _listed(subject: Subject, line: dict[str, Any], asked: frozenset[str]) -> dict[str, Known]:
    """Raises UnitPriceUnknown."""
    said = said_by(subject.policy.plan_year.scheme_id, subject.day, **_marks(line))
    return {tag: Known(True, Source.REGISTER, version.from_on) for tag, version in said.items() if tag in asked}


def _above(subject: Subject, line: dict[str, Any], tags: frozenset[str]) -> dict[str, int]:
    """Fen above the highest price; what the platform has already taken out of the line for its price is not taken
    again. A returned item takes its own part back: its fen are negative."""
    ceilings = ceilings_of(subject.policy.plan_year.scheme_id, subject.day, **_marks(line))
    quantity = abs(Decimal(line.get("exact_quantity", line["quantity"])))
    sign = -1 if line["amount_fen"] < 0 else 1
    above = {}
    for tag, ceiling_fen in ceilings.items():
        allowed_fen = int((ceiling_fen * quantity).to_integral_value(ROUND_HALF_UP))
        fen = abs(line["amount_fen"]) - allowed_fen - abs(line.get("over_limit_fen", 0))
        if tag in tags:
            above[tag] = sign * max(fen, 0)
    # Of two prices for one line the lower one takes all.
    most = max(above, key=lambda tag: abs(above[tag]), default="")
    return {tag: fen if tag == most else 0 for tag, fen in above.items()}


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
