"""GB 11643: the check character of an 18-character identity number. The sandbox's own, not the portal's."""

from __future__ import annotations

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(first17: str) -> str:
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def identity_number(area: str, born: str, serial: int) -> str:
    """area 6 digits, born yyyy-mm-dd, serial 0-999: odd for men, even for women."""
    first17 = f"{area}{born.replace('-', '')}{serial:03d}"
    return first17 + check_digit(first17)
