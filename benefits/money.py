"""Fen, rates and the one rounding.

Amounts are integer fen (1 yuan = 100 fen). Rates are exact: an integer numerator over `RATE_DENOMINATOR`.
Every product `fen × numerator` must fit a signed 64-bit integer, because the same arithmetic runs on numpy arrays:
MAX_FEN × RATE_DENOMINATOR = 10^12 × 10^6 = 10^18 < 2^63 − 1 ≈ 9.22 × 10^18. Both bounds are checked where amounts and
rates enter, so that nothing inside can overflow silently.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
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
        raise BadValue(path, f"expected whole fen as an integer, got {value!r}")
    if not 0 <= value <= MAX_FEN:
        raise AmountOutOfRange(f"{path}: {value} fen is outside 0 to {MAX_FEN}")
    return value


def fen_from_yuan(path: str, value: object) -> int:
    """Read yuan ("12000.50", an int or a Decimal) into fen. Parts of a fen are refused, not rounded."""
    if isinstance(value, bool):
        raise BadValue(path, f"expected yuan as a decimal string, got {value!r}")
    if isinstance(value, float):
        value = repr(value)  # the shortest text that gives this float: what the writer of the JSON typed
    try:
        amount = Decimal(value) if not isinstance(value, str) else Decimal(value.replace(",", "").strip())  # type: ignore[arg-type]  # Decimal itself refuses other types
    except (InvalidOperation, TypeError, ValueError):
        raise BadValue(path, f'expected yuan as a decimal string such as "12000.50", got {value!r}') from None
    if not amount.is_finite():
        raise BadValue(path, f"expected a finite amount, got {value!r}")
    fen = amount * 100
    if fen != fen.to_integral_value():
        raise BadValue(path, f"{value!r} yuan has parts of a fen; give at most two decimals")
    return check_fen(path, int(fen))


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
