"""The chart of accounts as data: a tree of groups and of accounts that take entries.

What an account is about stands in the dimensions of its entries, not in its code: the premium of a plan year is
"liability.premium" with that plan year, the money at a merchant "asset.clearing" with that money account. `migrate`
writes accounts that are new here as rows (ledger.seed). Unknown codes are an error, never a new account by mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class Nature(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


class Dimension(StrEnum):
    """What an account may demand of its entries beside the scheme, which every entry has."""

    PLAN_YEAR = "plan_year"
    INSURER = "insurer"
    AREA = "area"
    MONEY_ACCOUNT = "money_account"


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """code: a dotted path; what stands before the last dot is the group it belongs to. A group takes no entries.
    demands: without these dimensions the database refuses an entry."""

    code: str
    name: str | Promise
    demands: frozenset[Dimension] = frozenset()
    is_group: bool = False

    @property
    def nature(self) -> Nature:
        return Nature(self.code.partition(".")[0])

    @property
    def parent(self) -> str:
        return self.code.rpartition(".")[0]


def _group(code: str, name: str | Promise) -> ChartAccount:
    return ChartAccount(code, name, is_group=True)


def _account(code: str, name: str | Promise, *demands: Dimension) -> ChartAccount:
    return ChartAccount(code, name, frozenset(demands))


_D = Dimension
# A claim is its insurer's: who bears it is known when it is decided. Which insurer a premium belongs to is not known
# when it is paid; the pool shares it out later.
CHART: dict[str, ChartAccount] = {
    account.code: account
    for account in (
        _group("asset", pgettext_lazy("ledger account", "Assets")),
        # Held for us by a payment channel until settlement.
        _account("asset.clearing", pgettext_lazy("ledger account", "Held by payment channels"), _D.MONEY_ACCOUNT),
        _account("asset.bank", pgettext_lazy("ledger account", "Bank accounts"), _D.MONEY_ACCOUNT),
        _group("liability", pgettext_lazy("ledger account", "Liabilities")),
        # Earned over the cover year.
        _account("liability.premium", pgettext_lazy("ledger account", "Premium received"), _D.PLAN_YEAR),
        # Money that came without a cover to apply it to (M4).
        _account("liability.unapplied", pgettext_lazy("ledger account", "Money without a cover"), _D.PLAN_YEAR),
        _account(
            "liability.claims_payable", pgettext_lazy("ledger account", "Claims to be paid"), _D.PLAN_YEAR, _D.INSURER
        ),
        _group("expense", pgettext_lazy("ledger account", "Expenses")),
        _account("expense.claims", pgettext_lazy("ledger account", "Claims decided"), _D.PLAN_YEAR, _D.INSURER),
    )
}


class UnknownAccount(ValueError):
    """The code is not in the chart, or is a group's."""


def account_of(code: str) -> ChartAccount:
    """An account that takes entries. Raises UnknownAccount."""
    found = CHART.get(code)
    if found is None or found.is_group:
        raise UnknownAccount(f"{code!r} takes no entries by the chart of accounts (ledger/chart.py)")
    return found
