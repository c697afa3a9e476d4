"""What the books say: balances, the trial balance, the statement of an account; all as of any past moment."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet, Sum

from core.actors import Actor, reached
from ledger.chart import CHART
from ledger.models import Account, Balance, Entry, Unfolded
from ledger.sums import EVER, Only, Sums, sums_by_account
from parties.models import Insurer, Scheme

READ = "ledger.read"


@dataclass(frozen=True, slots=True)
class Where:
    """Whose money is meant, by codes; "" for all of a dimension."""

    scheme: str = ""
    plan_year: str = ""
    insurer: str = ""
    area: str = ""
    money_account: str = ""

    def only(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return rows.filter(**{name: code for name, code in given.items() if code})


def within_reach(actor: Actor, where: Where) -> Only:
    """Rows that the actor may read, of those that are meant."""
    return lambda rows: reached(where.only(rows), actor, READ)


def balance_fen(account: str, *, as_of: datetime | None = None, **where: str) -> int:
    """Debits minus credits of one account, or of all accounts of a group; of all time, or of what had been written down
    before as_of (exclusive). where: dimensions, as in plan_year="smx-2027"."""
    codes = [code for code in CHART if code == account or code.startswith(f"{account}.")]
    meant = Where(**where)
    sums = sums_by_account(lambda rows: meant.only(rows).filter(account__code__in=codes), as_of=as_of)
    return sum(one.closing_fen for one in sums.values())


def total_fen() -> int:
    """Of all entries: 0, always."""
    return Entry.objects.aggregate(total=Sum("amount_fen"))["total"] or 0


def unbalanced_transactions() -> list[int]:
    """Ids of transactions that do not sum to 0 within a scheme: an empty list, always."""
    sums = Entry.objects.values("transaction_id", "scheme_id").annotate(total=Sum("amount_fen")).exclude(total=0)
    return sorted({row["transaction_id"] for row in sums})


# The trial balance ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Columns:
    """The six amounts of a line of a trial balance, in fen, none negative."""

    opening_debit: int = 0
    opening_credit: int = 0
    debit: int = 0
    credit: int = 0
    closing_debit: int = 0
    closing_credit: int = 0

    @classmethod
    def of(cls, sums: Sums) -> Columns:
        opening, closing = sums.opening_fen, sums.closing_fen
        return cls(
            max(opening, 0), max(-opening, 0), sums.debit_fen, sums.credit_fen, max(closing, 0), max(-closing, 0)
        )

    def __add__(self, other: Columns) -> Columns:
        return Columns(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def __iter__(self) -> Any:
        return (getattr(self, one.name) for one in fields(self))


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A group's amounts are its accounts' together."""

    account: Account
    amounts: Columns


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """rows: the chart's tree, groups before their accounts. total: of the accounts; debits equal credits when no
    dimension but the scheme is narrowed."""

    rows: list[TrialRow]
    total: Columns

    @property
    def is_balanced(self) -> bool:
        total = self.total
        return (total.opening_debit, total.debit, total.closing_debit) == (
            total.opening_credit,
            total.credit,
            total.closing_credit,
        )


def trial_balance(
    *, actor: Actor, where: Where, from_on: date = EVER, to_on: date | None = None, as_of: datetime | None = None
) -> TrialBalance:
    """Of the days from_on <= booking date < to_on, as had been written down before as_of; of what one of the actor's
    grants reaches. Two queries, however many entries there are."""
    sums = sums_by_account(within_reach(actor, where), from_on=from_on, to_on=to_on, as_of=as_of)
    by_code = {account.code: account for account in Account.objects.all()}
    of_code = {code: sums.get(by_code[code].pk, Sums()) for code in CHART}
    for code in sorted(CHART, key=len, reverse=True):
        if parent := CHART[code].parent:
            of_code[parent] += of_code[code]
    rows = [TrialRow(by_code[code], Columns.of(of_code[code])) for code in CHART]
    leaves = (row.amounts for row in rows if not row.account.is_group)
    return TrialBalance(rows, sum(leaves, Columns()))


# What a page offers to choose from -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choices:
    """Codes that occur in the books within the reader's reach, and names where there are any."""

    schemes: dict[str, str]
    plan_years: list[str]
    insurers: dict[str, str]
    areas: list[str]
    money_accounts: list[str]


def choices(*, actor: Actor) -> Choices:
    """Three queries: of kept sums, not of entries."""
    names = [one.name for one in fields(Where)]
    only = within_reach(actor, Where())
    kept, new = (only(model.objects.order_by()).values_list(*names) for model in (Balance, Unfolded))
    found = list(kept.union(new))
    columns = [sorted({row[place] for row in found} - {None, ""}) for place in range(len(names))]
    schemes, plan_years, insurers, areas, money_accounts = columns
    return Choices(
        schemes={one.code: one.name for one in Scheme.objects.filter(pk__in=schemes)},
        plan_years=plan_years,
        insurers={one.code: one.name for one in Insurer.objects.filter(pk__in=insurers)},
        areas=areas,
        money_accounts=money_accounts,
    )


# Does what is kept agree with the book? ------------------------------------------------------------------------


def kept_differs() -> list[tuple[Any, ...]]:
    """Accounts and dimensions whose kept sum is not that of their entries: an empty list, always. Reads the whole
    book."""
    key = ("account_id", "scheme_id", "plan_year", "insurer_id", "area", "money_account", "booking_date")
    kept = [
        model.objects.order_by().values_list(*key).annotate(total=Sum(F("debit_fen") - F("credit_fen")))
        for model in (Balance, Unfolded)
    ]
    posted = Entry.objects.order_by().values_list(*key).annotate(total=-Sum("amount_fen"))
    sums: dict[tuple[Any, ...], int] = {}
    for *row, total in kept[0].union(kept[1], posted, all=True):
        sums[tuple(row)] = sums.get(tuple(row), 0) + int(total)
    return sorted((row for row, total in sums.items() if total), key=str)
