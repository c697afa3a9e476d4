"""How money that a channel moved stands in the books: what it is called, and on which day it counts."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import pgettext_lazy

from core.clock import civil_date
from ledger.kinds import KINDS


def register() -> None:
    """What this room's transactions in the books are called. Called once by AppConfig.ready."""
    KINDS.register("payment", pgettext_lazy("ledger transaction", "Payment"))
    KINDS.register("refund", pgettext_lazy("ledger transaction", "Refund"))
    KINDS.register("payout", pgettext_lazy("ledger transaction", "Payout"))
    KINDS.register("payout_bounced", pgettext_lazy("ledger transaction", "Payout returned"))


def booking_day(moved_at: datetime, *, not_before: datetime, now: datetime) -> date:
    """The channel's day, by its own time: a payment of 23:59 that we hear of after midnight counts to the day on which
    the channel's bill has it. A channel's clock is not believed beyond what we know: not before we asked, not after
    now."""
    return min(max(civil_date(moved_at), civil_date(not_before)), civil_date(now))
