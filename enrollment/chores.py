"""What this room does by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from enrollment.actions.expire_orders import expire_orders
from work import chores


def register() -> None:
    chores.register("expire orders", timedelta(seconds=30), _expire_orders)


def _expire_orders(now: datetime) -> int:
    return expire_orders(now=now)
