"""The one place where an order's row is locked for its payer (house order: person → order → payment)."""

from __future__ import annotations

from core.actors import Actor
from enrollment.errors import OrderNotFound
from enrollment.models import Order


def lock_own_order(order: Order, actor: Actor) -> Order:
    """The order as it stands now, locked until the transaction ends. Raises order_not_found but for its payer."""
    if actor.user_id is None or order.payer.user_id != actor.user_id:
        raise OrderNotFound()
    return (
        Order.objects.select_for_update(of=("self",))
        .select_related("plan_year__scheme", "policyholder__person")
        .get(pk=order.pk)
    )
