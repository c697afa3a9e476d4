from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core.actors import Actor
from enrollment.lifecycle import OrderState
from enrollment.models import Order
from payments.lifecycle import PaymentState
from work.lifecycle import transition

if TYPE_CHECKING:
    from payments.models import Refund


def finish_refund(refund: Refund, *, now: datetime) -> None:
    """A refund has arrived: order PAID → REFUNDED once all of its money is back. Inside payments' transaction.

    Of two policies given back at once the first refund to arrive is not yet all. Late money of an expired order is
    refunded too; that order stays as it is.
    """
    order = Order.objects.select_for_update(of=("self",)).get(number=refund.payment.purpose_ref)
    if order.state != OrderState.PAID or order.payment_number != refund.payment.number:
        return
    if refund.payment.state != PaymentState.REFUNDED:
        return
    transition(order, OrderState.REFUNDED, actor=Actor.system("payments"), now=now)
