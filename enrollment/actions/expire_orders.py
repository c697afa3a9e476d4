from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from enrollment import order_payment
from enrollment.actions.release_policies import release_policies
from enrollment.lifecycle import OPEN_ORDER_STATES, OrderState
from enrollment.models import Order
from work.lifecycle import transition


def expire_orders(*, now: datetime, limit: int = 200) -> int:
    """Expire unpaid orders whose time is over and give their reservations back. Returns how many.

    An order with a payment under way is left alone however late it is: its money may still arrive (reliability.md 4).
    Each order is a transaction of its own; orders that somebody else holds are skipped, not waited for.
    """
    late = Order.objects.filter(state__in=OPEN_ORDER_STATES, expires_at__lte=now)
    # Left out by the query, not only below: while a channel is silent those that wait for it would fill every batch.
    due = late.exclude(number__in=order_payment.orders_being_paid()).order_by("expires_at")
    return sum(_expire_one(pk, now) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _expire_one(pk: int, now: datetime) -> bool:
    order = (
        Order.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(pk=pk, state__in=OPEN_ORDER_STATES, expires_at__lte=now)
        .first()
    )
    if order is None or order_payment.open_payment(order) is not None:
        return False
    actor = Actor.system("order-sweeper")
    release_policies(order=order, actor=actor, now=now)
    transition(order, OrderState.EXPIRED, actor=actor, now=now, reason="unpaid")
    return True
