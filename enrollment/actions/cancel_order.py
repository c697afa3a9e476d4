from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from core.seen import require_unchanged
from enrollment import order_payment, shown
from enrollment.actions.release_policies import release_policies
from enrollment.errors import PaymentInProgress
from enrollment.lifecycle import OrderState
from enrollment.locks import lock_own_order
from enrollment.models import Order
from work.lifecycle import transition


@transaction.atomic
def cancel_order(*, order: Order, seen: str, actor: Actor, now: datetime) -> Order:
    """DRAFT or PLACED → CANCELLED; reserved policies are given back. Raises payment_in_progress, illegal_transition.

    While a payment is under way its outcome is not ours to decide, so the order waits for it.
    """
    actor.require("enrollment.enrol")
    locked = lock_own_order(order, actor)
    require_unchanged(seen, is_now=shown.order_version(locked))
    if order_payment.open_payment(locked) is not None:
        raise PaymentInProgress()
    release_policies(order=locked, actor=actor, now=now)
    return transition(locked, OrderState.CANCELLED, actor=actor, now=now)
