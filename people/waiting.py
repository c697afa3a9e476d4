"""Whether the basic insurance does not yet pay (待遇等待期): from when it ran, and the city's dated rule.

Pure: covers and rules in, an answer out. Where a day is not told, the earliest and the latest that it can have been are
both tried; only where both say the same is it known. Source: Sanmenxia 三(三)1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, Protocol

# No city's rule makes anybody wait longer (a check of the table, parties.models.WaitingRule).
LONGEST_MONTHS = 24


class Rule(Protocol):
    """parties.models.WaitingRule: for whoever is insured from from_on on, until a later rule begins."""

    @property
    def from_on(self) -> date: ...
    @property
    def months_at_first(self) -> int: ...
    @property
    def months_after_break(self) -> int: ...
    @property
    def break_months(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Cover:
    """Basic insurance that ran in [begin, end). Of a day that is not told two are given: it lies between them. ends_*
    None: it runs still."""

    begins_earliest: date
    begins_latest: date
    ends_earliest: date | None = None
    ends_latest: date | None = None


class Waiting(NamedTuple):
    """waits None: unknown. why: first_insured, insured_again, insured_long, begin_not_told, no_rule. since: from when
    the insurance runs without a break that counts; until: the first day after the waiting, where there is one."""

    waits: bool | None
    why: str
    since: date
    until: date | None = None
    rule: Rule | None = None


def in_waiting(covers: Sequence[Cover], rules: Sequence[Rule], day: date) -> Waiting:
    """covers: at least one, that of the day among them, none that begins after it."""
    kind = _waiting(list(_as_if(covers, strict=False)), rules, day)
    strict = _waiting(list(_as_if(covers, strict=True)), rules, day)
    return strict if kind.waits == strict.waits else Waiting(None, "begin_not_told", strict.since)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last one of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))


def _as_if(covers: Sequence[Cover], *, strict: bool) -> Iterator[tuple[date, date | None]]:
    """strict: every break as long as it can have been, every beginning as late."""
    for one in sorted(covers, key=lambda cover: (cover.begins_latest, cover.begins_earliest)):
        yield (one.begins_latest, one.ends_earliest) if strict else (one.begins_earliest, one.ends_latest)


def _waiting(covers: list[tuple[date, date | None]], rules: Sequence[Rule], day: date) -> Waiting:
    began, ends = covers[0]
    is_first = True
    for begins, until in covers[1:]:
        if ends is not None and begins > ends and _is_break(ends, begins, rules):
            began, ends, is_first = begins, until, False
        elif ends is not None and (until is None or until > ends):
            ends = until
    if day >= months_after(began, LONGEST_MONTHS):
        return Waiting(False, "insured_long", began)
    rule = _rule_on(rules, began)
    if rule is None:
        return Waiting(None, "no_rule", began)
    until = months_after(began, rule.months_at_first if is_first else rule.months_after_break)
    return Waiting(day < until, "first_insured" if is_first else "insured_again", began, until, rule)


def _is_break(ended: date, begins: date, rules: Sequence[Rule]) -> bool:
    """Without a rule every gap is one: then the rule is asked for, and found lacking, for the day after it."""
    rule = _rule_on(rules, begins)
    return rule is None or begins > months_after(ended, rule.break_months)


def _rule_on(rules: Sequence[Rule], day: date) -> Rule | None:
    return max((rule for rule in rules if rule.from_on <= day), key=lambda rule: rule.from_on, default=None)
