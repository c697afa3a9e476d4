"""What this room does by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from enrollment.actions.count_insured import count_insured
from enrollment.actions.expire_orders import expire_orders
from work import chores


def register() -> None:
    chores.register("expire orders", timedelta(seconds=30), _expire_orders)
    chores.register("count the insured", timedelta(seconds=60), _count_insured)


def _expire_orders(now: datetime) -> int:
    return expire_orders(now=now)


def _count_insured(now: datetime) -> None:
    count_insured(now=now)
