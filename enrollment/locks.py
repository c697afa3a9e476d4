"""The one place where an order's row is locked for its payer (house order: person → order → payment)."""

from __future__ import annotations

from core.actors import Actor
from enrollment.errors import OrderNotFound
from enrollment.models import Order, OrderLine
from enrollment.selectors import with_lines


def lock_own_order(order: Order, actor: Actor) -> Order:
    """The order as it stands now with its lines, locked until the transaction ends; one query. Raises order_not_found
    but for its payer."""
    if actor.user_id is None or order.payer.user_id != actor.user_id:
        raise OrderNotFound()
    lines = OrderLine.objects.select_for_update(of=("order",)).select_related("order__plan_year__scheme")
    locked = with_lines(lines.filter(order=order.pk).defer("order__plan_year__benefits_text"))
    if locked is None:
        raise OrderNotFound()
    return locked
