"""Amounts, dates and blanks as the platform sends them: numbers or text, "" for null."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from nhsa.envelope import CIVIL_TIME


class Unreadable(ValueError):
    """A field's value is not what the dictionary says. Carries the field's name, never its value."""

    def __init__(self, field: str) -> None:
        super().__init__(f"field {field} is unreadable")
        self.field = field


def text(node: Mapping[str, Any], field: str) -> str:
    value = node.get(field)
    return "" if value is None else str(value).strip()


def fen(node: Mapping[str, Any], field: str) -> int | None:
    """Yuan → integer fen, exactly; None for a blank. More than two decimals must be zeros."""
    value = text(node, field)
    if not value or value.lower() == "null":
        return None
    try:
        exact = Decimal(value) * 100
    except InvalidOperation:
        raise Unreadable(field) from None
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise Unreadable(field)
    return int(exact)


def yuan(amount_fen: int) -> str:
    """Integer fen → the platform's two-decimal text."""
    sign, amount_fen = ("-" if amount_fen < 0 else ""), abs(amount_fen)
    return f"{sign}{amount_fen // 100}.{amount_fen % 100:02d}"


def day(node: Mapping[str, Any], field: str) -> date | None:
    """yyyy-MM-dd, with or without a time after it."""
    value = text(node, field)
    if not value or value.lower() == "null":
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise Unreadable(field) from None


def day_after(node: Mapping[str, Any], field: str) -> date | None:
    """The first day on which something that ends then is over: intervals are half-open here. An end at midnight is that
    very day; one later on a day, or a bare date, still counts that day."""
    last = day(node, field)
    if last is None or text(node, field)[10:].strip() == "00:00:00":
        return last
    return last + timedelta(days=1)


def moment(node: Mapping[str, Any], field: str) -> datetime | None:
    """yyyy-MM-dd HH:mm:ss of China Standard Time, aware."""
    value = text(node, field)
    if not value or value.lower() == "null":
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CIVIL_TIME)
    except ValueError:
        raise Unreadable(field) from None


def rows(output: Any, *names: str) -> list[Mapping[str, Any]]:
    """The list under the first of `names` that is there; a single object counts as a list of one, null as none."""
    found = output
    if isinstance(output, Mapping):
        found = next((output[name] for name in names if name in output), None)
    if found is None or found == "":
        return []
    if isinstance(found, Mapping):
        return [found]
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise Unreadable(names[0] if names else "output")
    return list(found)
