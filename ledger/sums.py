"""Sums of entries at any moment, from kept balances: never from the whole book.

What had been written down before a moment is the days before (kept: Balance and Unfolded), and of its own day the
entries until then. All of it is read in one statement, so in one view of the database: a posting or a fold that happens
meanwhile is in it whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from core.clock import civil_date, midnight
from ledger.models import Balance, Entry, Unfolded

# Takes the rows that are meant; Balance, Unfolded and Entry have the same dimensions.
Only = Callable[[QuerySet[Any]], QuerySet[Any]]
# Before anything was booked.
EVER = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Sums:
    """opening_fen: debits minus credits of what counts to days before the period; debit_fen, credit_fen and entries of
    the period itself."""

    opening_fen: int = 0
    debit_fen: int = 0
    credit_fen: int = 0
    entries: int = 0

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + self.debit_fen - self.credit_fen

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.opening_fen + other.opening_fen,
            self.debit_fen + other.debit_fen,
            self.credit_fen + other.credit_fen,
            self.entries + other.entries,
        )


def sums_by_account(
    only: Only, *, from_on: date = EVER, to_on: date | None = None, as_of: datetime | None = None
) -> dict[int, Sums]:
    """By the account's id, for the days from_on <= booking date < to_on. as_of: what had been written down before that
    moment (exclusive); without it, all that is. One statement; accounts without entries are left out."""
    kept = Q() if as_of is None else Q(recorded_on__lt=civil_date(as_of))
    parts = [
        _summed(only(Balance.objects.filter(kept)), F("debit_fen"), F("credit_fen"), F("entries"), from_on, to_on),
        _summed(only(Unfolded.objects.filter(kept)), F("debit_fen"), F("credit_fen"), _ONE, from_on, to_on),
    ]
    if as_of is not None:
        of_its_day = Entry.objects.filter(occurred_at__gte=midnight(civil_date(as_of)), occurred_at__lt=as_of)
        parts.append(_summed(only(of_its_day), _DEBIT, _CREDIT, _ONE, from_on, to_on))
    first, *others = parts
    found: dict[int, Sums] = {}
    for account, opening, debit, credit, entries in first.union(*others, all=True):
        one = Sums(int(opening), int(debit), int(credit), int(entries))
        found[account] = found.get(account, Sums()) + one
    return found


_ZERO = Value(0, output_field=BigIntegerField())
_ONE = Value(1, output_field=BigIntegerField())
_DEBIT = Greatest(F("amount_fen"), _ZERO, output_field=BigIntegerField())
_CREDIT = Greatest(-F("amount_fen"), _ZERO, output_field=BigIntegerField())


def _summed(
    rows: QuerySet[Any], debit: Any, credit: Any, entries: Any, from_on: date, to_on: date | None
) -> QuerySet[Any]:
    if to_on is not None:
        rows = rows.filter(booking_date__lt=to_on)
    within = Q(booking_date__gte=from_on)

    def total(amount: Any, when: Q) -> Any:
        return Coalesce(Sum(amount, filter=when), _ZERO, output_field=BigIntegerField())

    summed: QuerySet[Any, Any] = (
        rows.order_by()
        .values("account_id")
        .annotate(
            opening=total(debit - credit, ~within),
            debits=total(debit, within),
            credits=total(credit, within),
            count=total(entries, within),
        )
        .values_list("account_id", "opening", "debits", "credits", "count")
    )
    return summed
