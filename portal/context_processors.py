"""What every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core import clock
from portal.middleware import preferences_of


def site(request: HttpRequest) -> dict[str, Any]:
    """demo_clock: today's date when the clock is shifted, else None. preferences: theme and text size."""
    return {
        "demo": settings.DEMO,
        "demo_clock": clock.today() if clock.shifted() else None,
        "preferences": preferences_of(request),
        "sandbox_url": settings.SANDBOX_URL if settings.DEMO else "",
    }
