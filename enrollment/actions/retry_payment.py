from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict
from core.seen import require_unchanged
from enrollment import order_payment, shown
from enrollment.errors import PaymentInProgress
from enrollment.lifecycle import OrderState
from enrollment.locks import lock_own_order
from enrollment.models import Order


@transaction.atomic
def retry_payment(*, order: Order, seen: str, channel: str, client_ip: str = "", actor: Actor, now: datetime) -> Order:
    """Another payment for a PLACED order whose earlier payment definitively failed or was closed.

    Never while one is under way: two payments of one order could both succeed. Raises order_not_waiting,
    payment_in_progress, personal_account_not_allowed.
    """
    actor.require("enrollment.enrol")
    locked = lock_own_order(order, actor)
    if locked.state != OrderState.PLACED or locked.expires_at <= now:
        raise Conflict("order_not_waiting", _("This order no longer waits for payment. Please start again."))
    if order_payment.open_payment(locked) is not None:
        raise PaymentInProgress()
    require_unchanged(seen, is_now=shown.order_version(locked))
    wanted = order_payment.purchase(locked, client_ip=client_ip)
    payment = order_payment.begin(
        locked,
        channel=order_payment.refuse_wrong_channel(locked, wanted, channel),
        wanted=wanted,
        payable_until=locked.expires_at,
        actor=actor,
        now=now,
    )
    Order.objects.filter(pk=locked.pk).update(channel=channel, payment_number=payment.number)
    locked.channel, locked.payment_number = channel, payment.number
    return locked
