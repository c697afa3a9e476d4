"""What this room reads from settings, and its own patience. What is particular to a channel stands in its folder."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

PAYER_TIME_LIMIT = timedelta(minutes=30)
# A case with a person is still asked about, slowly: the answer may come by itself.
SLOW_RETRY = timedelta(hours=1)


def timeout_seconds() -> float:
    """For one call of a channel. Far below the lease of the row it is made for."""
    return float(settings.CHANNEL_TIMEOUT_SECONDS)
