"""Facts as they are kept with a decision, and what benefits adjudicates made of them: the one way to the rules.

What is computed is computed from this form, so that whoever opens it later computes the same.

    {"person.assistance": {"value": ["特困"], "source": "platform", "on": "2026-11-02"}, …}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass, replace
from datetime import date
from typing import Any

import benefits
from claims.facts.known import Known
from claims.facts.of_lines import LINE_TAGS, LINES_ABOVE
from claims.models import ClaimBill

Sealed = Mapping[str, Mapping[str, Any]]
_BILL_TAGS = "bill.tags:"


def seal(facts: Mapping[str, Known]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "value": _as_json(fact.value),
            "source": str(fact.source),
            "on": fact.on.isoformat() if fact.on else None,
        }
        for name, fact in facts.items()
    }


def person_of(facts: Sealed, policy_number: str) -> benefits.Person:
    """Nothing that identifies anybody goes into the computation: the person is the policy's number."""
    return benefits.person_from_json({"id": policy_number, **_values(facts, "person.")})


def bill_of(facts: Sealed, bill: ClaimBill, number: str) -> benefits.Bill:
    """The bill as it came, with what is known of it besides. number: under which the insurance year remembers it."""
    as_stated = bill.as_benefits_bill(number)
    days = ("admitted_on", "discharged_on")
    values = {name: value for name, value in _values(facts, "bill.").items() if ":" not in name and name not in days}
    tagged: Mapping[str, list[str]] = facts[LINE_TAGS]["value"] if LINE_TAGS in facts else {}
    lines = tuple(
        replace(line, tags=frozenset(tagged.get(str(position), ()))) for position, line in enumerate(as_stated.lines)
    )
    lines = (*_without_what_is_above(facts, lines), *_above(facts, lines))
    tags = frozenset(
        name.removeprefix(_BILL_TAGS) for name, said in facts.items() if name.startswith(_BILL_TAGS) and said["value"]
    )
    return replace(as_stated, **values, lines=lines, tags=tags)


def lines_above(facts: Sealed) -> list[tuple[int, str, int]]:
    """(place of the line, tag, fen) of each part that lies above a highest price, in the order in which they follow the
    lines of the bill as lines of their own."""
    kept: Mapping[str, Mapping[str, int]] = facts[LINES_ABOVE]["value"] if LINES_ABOVE in facts else {}
    return [(int(place), tag, fen) for place in sorted(kept, key=int) for tag, fen in kept[place].items() if fen]


def _above(facts: Sealed, lines: Sequence[benefits.BillLine]) -> Iterator[benefits.BillLine]:
    for place, tag, fen in lines_above(facts):
        outside = _outside(lines[place], fen)
        yield replace(lines[place], amount_fen=fen, out_of_catalogue_fen=outside, tags=frozenset({tag}))


def _without_what_is_above(facts: Sealed, lines: Sequence[benefits.BillLine]) -> list[benefits.BillLine]:
    left = list(lines)
    for place, _tag, fen in lines_above(facts):
        line = left[place]
        outside = line.self_paid_fen - _outside(line, fen)
        left[place] = replace(line, amount_fen=line.amount_fen - fen, out_of_catalogue_fen=outside)
    return left


def _outside(line: benefits.BillLine, fen: int) -> int:
    """How much of what lies above a price lies outside the catalogue: as much as there is."""
    return max(fen, line.self_paid_fen) if fen < 0 else min(fen, line.self_paid_fen)


def _values(facts: Sealed, prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): said["value"] for name, said in facts.items() if name.startswith(prefix)}


def _as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, tuple | list):
        return [_as_json(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _as_json(one) for name, one in asdict(value).items()}
    return value
