from __future__ import annotations

from datetime import datetime

from core.actors import Actor
from enrollment.lifecycle import PolicyState
from enrollment.models import Order, Policy
from work.lifecycle import transition_all


def release_policies(*, order: Order, actor: Actor, now: datetime) -> int:
    """Give back what an unpaid order had reserved: RESERVED → RELEASED. In the caller's transaction."""
    reserved = Policy.objects.select_for_update(of=("self",)).filter(
        order_line__order=order, state=PolicyState.RESERVED
    )
    policies = list(reserved.order_by("insured"))
    transition_all(policies, PolicyState.RELEASED, actor=actor, now=now)
    return len(policies)
