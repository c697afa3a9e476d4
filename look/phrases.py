"""Amounts and days as sentences say them."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.money import format_yuan


def last_day(end: date) -> date:
    """The last day inside a half-open period."""
    return end - timedelta(days=1)


def day(value: date) -> str:
    return date_format(value, "DATE_FORMAT")


def yuan(amount_fen: int) -> str:
    return _("%(amount)s yuan") % {"amount": format_yuan(amount_fen)}


def whole_yuan(amount_fen: int) -> str:
    """For terms that are round sums: "15,000 yuan"."""
    return _("%(amount)s yuan") % {"amount": format_yuan(amount_fen).removesuffix(".00")}


def round_yuan(amount_fen: int) -> str:
    """Large round sums as people say them: in Chinese 2,000,000 yuan is "200 万元"."""
    ten_thousands, rest = divmod(amount_fen, 100 * 10_000)
    if rest or ten_thousands < 100 or not (get_language() or "").startswith("zh"):
        return whole_yuan(amount_fen)
    return f"{ten_thousands} 万元"
