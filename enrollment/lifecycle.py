"""The states of an order and a policy, and the only ways between them.

The tables drive the guarded updates, the event rows and the database triggers (`work.lifecycle`).
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from work.lifecycle import Lifecycle


class OrderState(TextChoices):
    DRAFT = "draft", _("Not sent yet")
    PLACED = "placed", _("Waiting for payment")
    PAID = "paid", _("Paid")
    REFUNDED = "refunded", _("Refunded")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")


ORDER_LIFECYCLE = Lifecycle(
    name="order",
    states=OrderState,
    initial=OrderState.DRAFT,
    edges={
        (OrderState.DRAFT, OrderState.PLACED): "order.placed",
        (OrderState.DRAFT, OrderState.CANCELLED): "order.cancelled",
        (OrderState.DRAFT, OrderState.EXPIRED): "order.expired",
        (OrderState.PLACED, OrderState.PAID): "order.paid",
        (OrderState.PLACED, OrderState.CANCELLED): "order.cancelled",
        (OrderState.PLACED, OrderState.EXPIRED): "order.expired",
        (OrderState.PAID, OrderState.REFUNDED): "order.refunded",
    },
)

OPEN_ORDER_STATES = (OrderState.DRAFT, OrderState.PLACED)


class PolicyState(TextChoices):
    RESERVED = "reserved", _("Waiting for payment")
    ISSUED = "issued", _("In order")
    RELEASED = "released", _("Not taken out")
    SURRENDERED = "surrendered", _("Surrendered")


POLICY_LIFECYCLE = Lifecycle(
    name="policy",
    states=PolicyState,
    initial=PolicyState.RESERVED,
    edges={
        (PolicyState.RESERVED, PolicyState.ISSUED): "policy.issued",
        (PolicyState.RESERVED, PolicyState.RELEASED): "policy.released",
        (PolicyState.ISSUED, PolicyState.SURRENDERED): "policy.surrendered",
    },
)

# A person holds at most one of these for a plan year (E5).
LIVE_POLICY_STATES = (PolicyState.RESERVED, PolicyState.ISSUED)
# What a resident keeps in the folder "my policies".
OWNED_POLICY_STATES = (PolicyState.ISSUED, PolicyState.SURRENDERED)
