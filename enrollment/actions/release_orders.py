from __future__ import annotations

from datetime import datetime

from accounts.models import User
from core.actors import Actor
from enrollment import order_payment
from enrollment.actions.release_policies import release_policies
from enrollment.lifecycle import OPEN_ORDER_STATES, OrderState
from enrollment.models import Order
from people.models import Person
from work.lifecycle import transition


def release_orders(person: Person, _account: User, /, *, actor: Actor, now: datetime) -> None:
    """A person is given back by the account that stood for her: what is not paid ends. In the caller's transaction.

    While a payment is under way its outcome is not ours to decide: the channel is asked to end it, and the sweeper
    expires the order as soon as it has; if money comes after all, the policy is hers.
    """
    for order in (
        Order.objects.select_for_update(of=("self",))
        .filter(policyholder__person=person, state__in=OPEN_ORDER_STATES)
        .order_by("pk")
    ):
        if not order_payment.close(order, actor=actor, now=now):
            Order.objects.filter(pk=order.pk).update(expires_at=now)
            continue
        release_policies(order=order, actor=actor, now=now)
        transition(order, OrderState.CANCELLED, actor=actor, now=now, reason="person given back")
