from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.actors import Actor
from products.actions._drafts import locked_draft
from products.lifecycle import TermsDraftState
from products.models import TermsDraft
from work.lifecycle import transition


@transaction.atomic
def discard_terms_draft(*, draft: TermsDraft, revision: int, actor: Actor, now: datetime) -> TermsDraft:
    """OPEN → DISCARDED: nothing comes of it; it is kept with what was compared. Raises terms_draft_ended,
    changed_meanwhile."""
    actor.require("enrollment.operate", draft)
    locked = locked_draft(draft, revision=revision)
    return transition(locked, TermsDraftState.DISCARDED, actor=actor, now=now)
