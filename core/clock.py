"""One clock for the product. An operation reads `now()` once and passes it on.

Civil dates (windows, cover, deadlines) are in Asia/Shanghai. PORTAL_CLOCK shifts the clock for
demonstration and tests: "+49d", "-2h", or an ISO instant that becomes the time at process start.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


@lru_cache(maxsize=8)
def _shift(setting: str) -> timedelta:
    if not setting:
        return timedelta(0)
    relative = re.fullmatch(r"([+-])(\d+)([dhms])", setting)
    if relative:
        sign, count, unit = relative.groups()
        return timedelta(**{_UNITS[unit]: int(count) * (1 if sign == "+" else -1)})
    instant = datetime.fromisoformat(setting)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=SHANGHAI)
    return instant - datetime.now(UTC)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC) + _shift(settings.PORTAL_CLOCK)


def local(moment: datetime) -> datetime:
    """The same instant as a Shanghai wall clock shows it."""
    return moment.astimezone(SHANGHAI)


def civil_date(moment: datetime) -> date:
    """The Shanghai calendar day on which the instant falls."""
    return local(moment).date()


def today() -> date:
    """Today's Shanghai calendar day."""
    return civil_date(now())


def midnight(day: date) -> datetime:
    """The instant at which the Shanghai day begins; use for half-open intervals [a, b)."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def shifted() -> bool:
    """True when the clock is set for demonstration: pages must say so."""
    return bool(settings.PORTAL_CLOCK)
