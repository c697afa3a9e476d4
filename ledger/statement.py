"""The statement of one account in one scheme: opening, every entry with the balance after it, closing.

Lines are read by the index of the account's days, a page at a time, from where the last page ended: a page costs the
same in a book of a thousand entries and of a hundred million.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from ledger.models import Account, Entry
from ledger.selectors import Where, within_reach
from ledger.sums import EVER, Only, Sums, sums_by_account

PAGE = 50
_STEP = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """An entry's place in a statement: the day it counts to, then the order of writing."""

    day: date
    entry: int

    def __str__(self) -> str:
        return f"{self.day.isoformat()}.{self.entry}"

    @classmethod
    def read(cls, text: str) -> Place:
        """Raises DomainError("place_unreadable")."""
        day, _dot, entry = text.partition(".")
        try:
            return cls(date.fromisoformat(day), int(entry))
        except ValueError:
            raise DomainError("place_unreadable", _("This address names no place in the statement.")) from None


@dataclass(frozen=True, slots=True)
class Line:
    """balance_fen: of the account after the entry, debits minus credits."""

    entry: Entry
    balance_fen: int

    @property
    def debit_fen(self) -> int:
        return max(self.entry.amount_fen, 0)

    @property
    def credit_fen(self) -> int:
        return max(-self.entry.amount_fen, 0)


@dataclass(frozen=True, slots=True)
class Statement:
    """sums: of the whole period. brought_forward_fen: the balance before the first of these lines. next: where the
    following page begins; None on the last one."""

    account: Account
    sums: Sums
    brought_forward_fen: int
    lines: list[Line]
    next: Place | None


@dataclass(frozen=True, slots=True)
class Extract:
    """What a statement is of. where.scheme is needed: a statement is of one scheme's money.

    Entries are those that one of the actor's grants reaches. Raises DomainError("scheme_missing" | "account_is_group").
    """

    actor: Actor
    account: Account
    where: Where
    from_on: date = EVER
    to_on: date | None = None
    as_of: datetime | None = None
    _only: Only = field(init=False)

    def __post_init__(self) -> None:
        if not self.where.scheme:
            raise DomainError("scheme_missing", _("Please choose the scheme whose money it is."), field="scheme")
        if self.account.is_group:
            raise DomainError(
                "account_is_group", _("A group of accounts has no statement; choose one of its accounts.")
            )
        reach = within_reach(self.actor, self.where)
        object.__setattr__(self, "_only", lambda rows: reach(rows).filter(account=self.account))

    def page(self, after: Place | None = None, *, size: int = PAGE) -> Statement:
        """The lines after a place, at most five queries."""
        sums = self.sums()
        before_fen = sums.opening_fen if after is None else self._until(after)
        entries = self._after(after, size + 1)
        lines = list(_running(entries[:size], before_fen))
        last = lines[-1].entry if len(entries) > size else None
        return Statement(
            self.account, sums, before_fen, lines, Place(last.booking_date, last.pk) if last is not None else None
        )

    def lines(self) -> Iterator[Line]:
        """All of them, a step at a time."""
        place, balance_fen = None, self.sums().opening_fen
        while entries := self._after(place, _STEP):
            for line in _running(entries, balance_fen):
                balance_fen = line.balance_fen
                yield line
            place = Place(entries[-1].booking_date, entries[-1].pk)

    def sums(self) -> Sums:
        return self._sums(self.from_on, self.to_on)

    def _sums(self, from_on: date, to_on: date | None) -> Sums:
        found = sums_by_account(self._only, from_on=from_on, to_on=to_on, as_of=self.as_of)
        return found.get(self.account.pk, Sums())

    def _entries(self) -> QuerySet[Entry]:
        rows: QuerySet[Any] = self._only(Entry.objects.select_related("transaction", "insurer"))
        if self.to_on is not None:
            rows = rows.filter(booking_date__lt=self.to_on)
        if self.as_of is not None:
            rows = rows.filter(occurred_at__lt=self.as_of)
        return rows.filter(booking_date__gte=self.from_on).order_by("booking_date", "pk")

    def _after(self, place: Place | None, most: int) -> list[Entry]:
        if place is None:
            return list(self._entries()[:most])
        # Two ranges of the index, not one OR that would read the day from its beginning.
        rest_of_day = list(self._entries().filter(booking_date=place.day, pk__gt=place.entry)[:most])
        if len(rest_of_day) == most:
            return rest_of_day
        return [*rest_of_day, *self._entries().filter(booking_date__gt=place.day)[: most - len(rest_of_day)]]

    def _until(self, place: Place) -> int:
        """The balance after the entry at a place."""
        days_before = self._sums(EVER, place.day).closing_fen
        of_day = self._entries().filter(booking_date=place.day, pk__lte=place.entry).order_by()
        return days_before + (of_day.aggregate(total=Sum("amount_fen"))["total"] or 0)


def _running(entries: list[Entry], balance_fen: int) -> Iterator[Line]:
    for entry in entries:
        balance_fen += entry.amount_fen
        yield Line(entry, balance_fen)
