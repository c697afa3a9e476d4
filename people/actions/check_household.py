from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import guards
from core.actors import Actor
from core.errors import Conflict, DomainError, NotAllowed
from people.lifecycle import KinshipState
from people.messages import tell_household
from people.models import HouseholdCheck, Kinship
from people.models.kinship import KinshipProof
from people.selectors import people_who_are
from work.lifecycle import transition

PERMISSION = "enrollment.confirm_kinship"


@transaction.atomic
def check_household(*, kinship: Kinship, shows_it: bool, found: str, actor: Actor, now: datetime) -> HouseholdCheck:
    """Staff read the household register (户口簿) at a service point: it shows that the two are relatives or not.

    found: what was read, in a sentence; kept either way with who read it. Shown: the kinship is proved. Not shown: it
    stays a claim, and better papers may come. What the other person refused or took back no paper overrules. Raises
    NotAllowed (also own_household: nobody vouches for her own family), found_missing, kinship_not_close,
    kinship_not_claimed.
    """
    actor.require(PERMISSION, kinship)
    assert actor.user_id is not None, "papers are read by a person"
    found = found.strip()
    if not found:
        raise DomainError("found_missing", _("Please write what the household register shows."), field="found")
    locked = Kinship.objects.select_for_update().get(pk=kinship.pk)
    hers = people_who_are(actor).filter(pk__in=[locked.payer_id, locked.relative_id])
    if guards.on("people.household_of_others") and hers.exists():
        raise NotAllowed("own_household", _("This is about yourself. Please let a colleague read the register."))
    if not locked.is_close:
        raise DomainError("kinship_not_close", _("Only close relatives can act for each other here."), status=409)
    if locked.state != KinshipState.CLAIMED:
        raise Conflict("kinship_not_claimed", _("This is settled already. Please reload the page."))
    check = HouseholdCheck.objects.create(
        kinship_id=locked.pk, shows_it=shows_it, found=found[:300], checked_by_id=actor.user_id, at=now
    )
    if shows_it:
        transition(
            locked,
            KinshipState.PROVED,
            actor=actor,
            now=now,
            reason="household register",
            proof_kind=KinshipProof.HOUSEHOLD,
            proved_at=now,
            proved_by_id=actor.user_id,
        )
    tell_household(locked, check, now=now)
    return check
