"""The chart of accounts: which codes may be posted to, and of which nature they are.

A code is a dotted path; the part after the fixed prefix names the plan year, for example
"liability.premium.smx-2027". Unknown codes are an error, never a new account by typing mistake.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Nature(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


_NAME = r"[a-z][a-z0-9_]{1,30}"
_ACCOUNT = r"[a-z][a-z0-9_-]{1,30}"
_PLAN_YEAR = r"[a-z0-9][a-z0-9-]{1,30}"
CHART: tuple[tuple[str, str], ...] = (
    (rf"asset\.clearing\.{_NAME}(\.{_ACCOUNT})?", "held for us by a payment channel until settlement"),
    (rf"asset\.bank\.{_ACCOUNT}", "the pool's bank account from which claims are paid"),
    (
        rf"liability\.premium\.{_PLAN_YEAR}",
        "premium received, earned over the cover year",
    ),
    (rf"liability\.refunds_due\.{_PLAN_YEAR}", "premium to be given back"),
    (
        rf"liability\.unapplied\.{_PLAN_YEAR}",
        "money that came without a cover to apply it to (M4)",
    ),
    (rf"liability\.claims_payable\.{_PLAN_YEAR}", "decided claims not yet paid"),
    (rf"expense\.claims\.{_PLAN_YEAR}", "claims decided"),
)


class UnknownAccount(ValueError):
    """The code is not in the chart."""


def nature_of(code: str) -> Nature:
    """Raises UnknownAccount."""
    if not any(re.fullmatch(pattern, code) for pattern, _meaning in CHART):
        raise UnknownAccount(f"{code!r} is not in the chart of accounts (ledger/chart.py)")
    return Nature(code.split(".", 1)[0])
