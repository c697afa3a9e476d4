"""Money in templates: `{% load money %}{{ claim.payable_fen|yuan }}`."""

from __future__ import annotations

from django import template

from core.money import format_yuan

register = template.Library()


@register.filter
def yuan(amount_fen: int | None) -> str:
    """1864000 -> "18,640.00"; nothing for None, so that a missing amount is never shown as zero."""
    return "" if amount_fen is None else format_yuan(int(amount_fen))
