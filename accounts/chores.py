"""What this room does by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts import limits
from accounts.models import LoginCode
from work import chores


def register() -> None:
    chores.register("forget old sign-in codes", timedelta(hours=1), forget_old_login_codes)


def forget_old_login_codes(now: datetime) -> int:
    """Rows of sign-in codes are kept only as long as the rate limits count them."""
    deleted, _by_model = LoginCode.objects.filter(created_at__lt=now - limits.KEEP_CODES_FOR).delete()
    return deleted
