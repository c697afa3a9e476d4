"""What every page needs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from core import clock
from portal.middleware import preferences_of
from products.selectors import current_plan_year

_KEPT_SECONDS = 0 if settings.TESTING else 60


@dataclass(frozen=True, slots=True)
class Product:
    """What the frame of every page says about the product, in one language."""

    name: str = ""
    insurers: tuple[str, ...] = ()
    hotline: str = ""
    exclusions_url: str = ""


_kept: dict[str, tuple[float, Product]] = {}


def _product() -> Product:
    """The current plan year's, read at most once a minute per process and language: it is on every page."""
    language = get_language() or ""
    read_at, known = _kept.get(language, (float("-inf"), Product()))
    if time.monotonic() - read_at < _KEPT_SECONDS:
        return known
    plan_year = current_plan_year(clock.now())
    if plan_year is not None:
        known = Product(
            name=plan_year.name,
            insurers=tuple(plan_year.insurer_names),
            hotline=plan_year.service_phone,
            exclusions_url=reverse("products:document", args=[plan_year.code, "exclusions"]),
        )
    _kept[language] = (time.monotonic(), known)
    return known


def site(request: HttpRequest) -> dict[str, Any]:
    """demo_clock: today's date when the clock is shifted, else None. preferences: theme and text size."""
    product = cache(_product)
    return {
        "demo": settings.DEMO,
        "demo_clock": clock.today() if clock.shifted() else None,
        "preferences": preferences_of(request),
        "sandbox_url": settings.SANDBOX_URL if settings.DEMO else "",
        # Callables: a template calls them, so pages that do not print them do not ask the database.
        "product_name": lambda: product().name,
        "insurers": lambda: product().insurers,
        "hotline": lambda: product().hotline,
        "exclusions_url": lambda: product().exclusions_url,
    }
