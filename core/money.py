"""Money is an integer number of fen. Nothing here ever sees a float."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError

FEN_PER_YUAN = 100


def format_yuan(amount_fen: int) -> str:
    """1864000 -> "18,640.00"; a minus sign in front of negative amounts (U+2212)."""
    sign = "\u2212" if amount_fen < 0 else ""
    yuan, fen = divmod(abs(amount_fen), FEN_PER_YUAN)
    return f"{sign}{yuan:,}.{fen:02d}"


def parse_yuan(text: str) -> int:
    """ "18,640.00" -> 1864000. Raises DomainError(amount_unreadable) for anything but at most two decimals."""
    try:
        amount = Decimal(text.strip().replace(",", ""))
    except (InvalidOperation, AttributeError):
        amount = Decimal("NaN")
    if not amount.is_finite() or amount != amount.quantize(Decimal("0.01")):
        raise DomainError(
            "amount_unreadable",
            _("Please write the amount in yuan, for example 1280.50."),
        )
    return int(amount * FEN_PER_YUAN)


def split_fen(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights, to the fen, by largest remainder; ties go to the earlier weight.

    100 fen over [1, 1, 1] -> [34, 33, 33]. The parts always sum to the total; a negative total is the
    mirror of the positive one, so a reversal takes back exactly what was given.
    Raises ValueError when the weights are negative or sum to nothing.
    """
    if any(weight < 0 for weight in weights) or sum(weights) <= 0:
        raise ValueError("weights must be non-negative and not all zero")
    if total_fen < 0:
        return [-part for part in split_fen(-total_fen, weights)]
    whole = sum(weights)
    parts = [total_fen * weight // whole for weight in weights]
    left = total_fen - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total_fen * weights[i] % whole), i))
    for index in by_remainder[:left]:
        parts[index] += 1
    return parts
