from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.clock import midnight
from core.errors import Conflict
from core.seen import require_unchanged
from enrollment import order_payment, shown
from enrollment.errors import PolicyNotFound
from enrollment.lifecycle import PolicyState
from enrollment.locks import lock_own_order
from enrollment.models import Order, Policy
from work.lifecycle import transition


@transaction.atomic
def surrender_policy(*, policy: Policy, seen: str, actor: Actor, now: datetime) -> Policy:
    """ISSUED → SURRENDERED before cover begins, the whole premium back the way it was paid (E11).

    The order becomes REFUNDED when the money has arrived (`finish_refund`). Only the policyholder may. Raises
    policy_not_found, cover_has_begun, illegal_transition.
    """
    actor.require("enrollment.enrol")
    order = Order.objects.select_related("policyholder__person").filter(lines__policy=policy).first()
    holder = order.policyholder.person if order else None
    if order is None or holder is None or actor.user_id is None or holder.user_id != actor.user_id:
        raise PolicyNotFound()
    lock_own_order(order, actor)
    locked = Policy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
    if now >= midnight(locked.cover_from):
        raise Conflict("cover_has_begun", _("Cover has begun, so this policy can no longer be surrendered."))
    require_unchanged(seen, is_now=shown.policy_version(locked))
    transition(locked, PolicyState.SURRENDERED, actor=actor, now=now, reason="surrendered by policyholder")
    order_payment.refund(order, amount_fen=locked.premium_fen, reason="surrender", actor=actor, now=now)
    return locked
