"""`{% load workshop %}`: what stands under a key that a template has in a variable; counts as we write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(found: Any, key: str) -> Any:
    """What stands there, "" where nothing does."""
    return found.get(key, "") if isinstance(found, Mapping) else ""


@register.filter
def counted(number: int) -> str:
    """1000000 → "1,000,000", in either language: a locale may group by four."""
    return f"{number:,}"
