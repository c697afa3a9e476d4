"""What every page needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from core import clock
from core.kept import Kept
from parties.middleware import scheme_or_none
from parties.models import Scheme
from portal.middleware import preferences_of
from products.models import PlanYear
from products.selectors import current_plan_year


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame of every page says about the scheme, in the reader's language."""

    name: str = ""
    insurers: tuple[str, ...] = ()
    hotline: str = ""
    exclusions_url: str = ""


# On every page. The plan year changes with its window; a minute late is soon enough for a footer.
_plan_years: Kept[Scheme, PlanYear | None] = Kept(lambda scheme: current_plan_year(scheme, clock.now()), seconds=60)


def _frame(scheme: Scheme | None) -> Frame:
    if scheme is None:
        return Frame()
    plan_year = _plan_years(scheme)
    if plan_year is None:
        return Frame(name=scheme.name, hotline=scheme.hotline)
    return Frame(
        name=scheme.name,
        insurers=plan_year.insurer_names,
        hotline=scheme.hotline,
        exclusions_url=reverse("products:document", args=[plan_year.code, "exclusions"]),
    )


def site(request: HttpRequest) -> dict[str, Any]:
    """demo_clock: today's date when the clock is shifted, else None. preferences: theme and text size."""
    frame = cache(lambda: _frame(scheme_or_none(request)))
    return {
        "demo": settings.DEMO,
        "demo_clock": clock.today() if clock.shifted() else None,
        "preferences": preferences_of(request),
        "sandbox_url": settings.SANDBOX_URL if settings.DEMO else "",
        # Callables: a template calls them, so pages that do not print them do not ask the database.
        "product_name": lambda: frame().name,
        "insurers": lambda: frame().insurers,
        "hotline": lambda: frame().hotline,
        "exclusions_url": lambda: frame().exclusions_url,
    }
