from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from privacy.files import destroy
from products.lifecycle import ComparisonState
from products.models import Comparison
from work.lifecycle import transition


@transaction.atomic
def cancel_comparison(*, comparison: Comparison, actor: Actor, now: datetime) -> Comparison:
    """RUNNING → CANCELLED: the worker stops after the part that it is computing; what was computed is thrown away.
    Raises illegal_transition when it has ended already."""
    actor.require("enrollment.operate", comparison)
    locked = Comparison.objects.select_for_update().get(pk=comparison.pk)
    transition(locked, ComparisonState.CANCELLED, actor=actor, now=now, ended_at=now, next_attempt_at=None)
    destroy(locked.done.all())
    return locked
