"""Versions of what this room's pages show beside a button that decides about money (core.seen)."""

from __future__ import annotations

from core import seen
from enrollment import order_payment
from enrollment.lifecycle import OrderState
from enrollment.models import Order, Policy


def order_version(order: Order) -> str:
    """Of an order: who is on it, what it costs, how its payment stands."""
    lines = sorted((line.insured_id, line.relation, line.premium_fen) for line in order.lines.all())
    # Only while it waits for its money can it be paid another way, cancelled or given up.
    payment = order_payment.open_payment(order) if order.state == OrderState.PLACED else None
    return seen.version(
        "enrollment.order",
        order=order.number,
        state=order.state,
        people=[list(line) for line in lines],
        premium_fen=order.plan_year.premium_fen,
        total_fen=order.total_fen,
        paid_by=order.payment_number,
        payment=payment.number if payment else None,
    )


def policy_version(policy: Policy) -> str:
    """Of a policy that may be given back: whose, for how much, until when."""
    return seen.version(
        "enrollment.policy",
        policy=policy.number,
        state=policy.state,
        premium_fen=policy.premium_fen,
        cover_from=policy.cover_from,
    )
