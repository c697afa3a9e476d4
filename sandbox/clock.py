"""The business clock: real time, shifted as the portal's is, so that both agree on the day of a payment.

`SANDBOX_CLOCK` (else `PORTAL_CLOCK`): "+49d", "-2h", or an ISO instant that becomes the time at process start.
Signatures always use real time, as the portal's real SDKs do.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache

SHANGHAI = timezone(timedelta(hours=8))
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


@lru_cache(maxsize=32)
def shift(setting: str) -> timedelta:
    """Raises ValueError when the setting is neither a distance nor an instant."""
    if not setting:
        return timedelta(0)
    relative = re.fullmatch(r"([+-])(\d+)([dhms])", setting)
    if relative:
        sign, count, unit = relative.groups()
        return timedelta(**{_UNITS[unit]: int(count) * (1 if sign == "+" else -1)})
    instant = datetime.fromisoformat(setting)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=SHANGHAI)
    return instant - datetime.now(SHANGHAI)
