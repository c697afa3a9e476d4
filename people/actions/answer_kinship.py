from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import guards
from core.actors import Actor
from core.clock import civil_date
from core.errors import Conflict, DomainError
from people.errors import KinshipNotFound
from people.lifecycle import KinshipState
from people.models import Kinship
from people.models.kinship import KinshipProof
from people.relations import ADULT_FROM_AGE
from work.lifecycle import transition


@transaction.atomic
def answer_kinship(*, kinship: Kinship, agrees: bool, actor: Actor, now: datetime) -> Kinship:
    """The other person, proved to be she, says whether the payer is her relative and may act for her.

    Agreeing proves it, also after an earlier no; saying no refuses a claim or takes back what was proved, however it
    was proved. Raises kinship_not_found but for the relative's own account, too_young_to_agree (then the guardian shows
    it), kinship_not_close, already_answered.
    """
    actor.require("enrollment.enrol")
    locked = _of_relative(kinship, actor)
    if agrees:
        if not locked.is_close:
            raise DomainError("kinship_not_close", _("Only close relatives can act for each other here."), status=409)
        if locked.relative.age_on(civil_date(now)) < ADULT_FROM_AGE:
            raise DomainError(
                "too_young_to_agree",
                _("Whoever is under 18 cannot agree to this alone. A parent shows the household register instead."),
                status=409,
            )
        if locked.state in (KinshipState.PROVED, KinshipState.DROPPED):
            raise _answered()
        return transition(
            locked,
            KinshipState.PROVED,
            actor=actor,
            now=now,
            proof_kind=KinshipProof.CONSENT,
            proved_at=now,
            proved_by_id=actor.user_id,
        )
    if locked.state not in (KinshipState.CLAIMED, KinshipState.PROVED):
        raise _answered()
    to = KinshipState.REFUSED if locked.state == KinshipState.CLAIMED else KinshipState.WITHDRAWN
    return transition(locked, to, actor=actor, now=now, reason="the person's own word")


def _of_relative(kinship: Kinship, actor: Actor) -> Kinship:
    found = Kinship.objects.select_for_update(of=("self",)).select_related("relative").filter(pk=kinship.pk).first()
    mine = found is not None and actor.user_id is not None and found.relative.user_id == actor.user_id
    if found is None or (guards.on("people.own_consent_only") and not mine):
        raise KinshipNotFound()
    return found


def _answered() -> Conflict:
    return Conflict("already_answered", _("You have answered this already. Please reload the page."))
