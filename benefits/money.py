"""Fen, rates and the one rounding.

Amounts are integer fen (1 yuan = 100 fen). Rates are exact: an integer numerator over `RATE_DENOMINATOR`.
Every product `fen × numerator` must fit a signed 64-bit integer, because the same arithmetic runs on numpy arrays:
MAX_FEN × RATE_DENOMINATOR = 10^12 × 10^6 = 10^18 < 2^63 − 1 ≈ 9.22 × 10^18. Both bounds are checked where amounts and
rates enter, so that nothing inside can overflow silently.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from benefits.errors import AmountOutOfRange, BadValue

MAX_FEN = 10**12
"""Ten billion yuan in one person's year: beyond any bill, and provably inside int64 after multiplying by a rate."""

RATE_DENOMINATOR = 10**6
"""Rates have at most six decimals (75 % = 750000); plan files with finer rates are refused."""

HALF = RATE_DENOMINATOR // 2

ROUNDING = "half_up_to_fen"
"""The one rounding of the product: to the fen, a half goes up; of the year's cumulative amount (see schedule)."""


def round_half_up(numerator: Any) -> Any:
    """Round a non-negative `numerator / RATE_DENOMINATOR` to an integer, halves up. Works on ints and int64 arrays."""
    return (numerator + HALF) // RATE_DENOMINATOR


def check_fen(path: str, value: object) -> int:
    """Return `value` as fen, or raise BadValue / AmountOutOfRange. Booleans and floats are refused: money is exact."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue(path, f"expected whole fen as an integer, got {shown(value)}")
    if not 0 <= value <= MAX_FEN:
        raise AmountOutOfRange(f"{path}: {shown(value)} fen is outside 0 to {MAX_FEN}")
    return value


WRITTEN = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
"""How yuan may be written: ASCII digits, commas only between thousands. "12,50" and "1_000" are somebody's mistake."""

LONGEST_NUMBER = 60
"""Characters of a written number: longer ones are no amount, and reading them may take for ever."""


def shown(value: object) -> str:
    """A value as an error message may quote it: never longer than a line."""
    text = str(value) if isinstance(value, Decimal) else "a number of many digits"
    if not isinstance(value, int | Decimal) or (isinstance(value, int) and abs(value) < 10**LONGEST_NUMBER):
        text = repr(value)
    return text if len(text) <= 2 * LONGEST_NUMBER else f"{text[:LONGEST_NUMBER]}…"


def _decimal(path: str, value: object) -> Decimal:
    if isinstance(value, float):
        return Decimal(repr(value))  # the shortest text that gives this float: what the writer of the JSON typed
    if isinstance(value, str):
        text = value.strip(" ")
        if text.lower().lstrip("-") in ("nan", "inf", "infinity"):
            raise BadValue(path, f"expected a finite amount, got {shown(value)}")
        if len(text) > LONGEST_NUMBER or not WRITTEN.fullmatch(text):
            raise BadValue(path, f'expected yuan as a decimal string such as "12000.50", got {shown(value)}')
        return Decimal(text.replace(",", ""))
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    raise BadValue(path, f'expected yuan as a decimal string such as "12000.50", got {shown(value)}')


def fen_from_yuan(path: str, value: object, *, signed: bool = False) -> int:
    """Read yuan ("12000.50", an int or a Decimal) into fen, exactly. Parts of a fen are refused, not rounded.

    signed: a returned item's amount is below zero; nothing else's is. Raises BadValue, AmountOutOfRange. The size is
    looked at before anything is computed: 1e999990 has a million digits.
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_FEN:
        raise AmountOutOfRange(f"{path}: {shown(value)} yuan is outside 0 to {MAX_FEN // 100}")
    amount = _decimal(path, value)
    if not amount.is_finite():
        raise BadValue(path, f"expected a finite amount, got {shown(value)}")
    if not amount:
        return 0
    if amount.adjusted() > len(str(MAX_FEN)):
        raise AmountOutOfRange(f"{path}: {shown(value)} yuan is outside 0 to {MAX_FEN // 100}")
    sign, digits, exponent = amount.as_tuple()
    assert isinstance(exponent, int)  # finite
    below = max(-2 - exponent, 0)
    if any(digits[max(len(digits) - below, 0) :]):
        raise BadValue(path, f"{shown(value)} yuan has parts of a fen; give at most two decimals")
    kept = digits[: max(len(digits) - below, 0)]
    fen = int("".join(map(str, kept)) or "0") * 10 ** max(exponent + 2, 0)
    if sign and signed:
        return -check_fen(path, fen)
    return check_fen(path, -fen if sign else fen)


@lru_cache(maxsize=4096)
def yuan(fen: int) -> str:
    """Format fen for people: 1234567 → "12,345.67". Amounts always show both decimals."""
    if fen < 0:
        return f"-{yuan(-fen)}"
    return f"{fen // 100:,}.{fen % 100:02d}"


@cache
def rate_text(numerator: int) -> str:
    """Exact decimal text of a rate: 750000 → "0.75", 1000000 → "1"."""
    return format(Decimal(numerator).scaleb(-6).normalize(), "f")


@cache
def percent_text(numerator: int) -> str:
    """A rate for people: 750000 → "75%"."""
    return format(Decimal(numerator).scaleb(-4).normalize(), "f") + "%"
