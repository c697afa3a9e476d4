from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from core.seen import require_unchanged
from enrollment import order_payment, shown
from enrollment.locks import lock_own_order
from enrollment.models import Order


@transaction.atomic
def give_up_payment(*, order: Order, seen: str, actor: Actor, now: datetime) -> bool:
    """End the payment under way, so that the order can be paid another way or cancelled.

    True when it has ended; False while the channel is still being asked: it may have been paid a moment ago.
    Raises order_not_found, already_paid.
    """
    actor.require("enrollment.enrol")
    locked = lock_own_order(order, actor)
    require_unchanged(seen, is_now=shown.order_version(locked))
    return order_payment.close(locked, actor=actor, now=now)
