"""The states of a proof of person and of a kinship, and the only ways between them (`work.lifecycle`)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from work.lifecycle import Lifecycle


class PersonProofState(TextChoices):
    STARTED = "started", _("Under way")
    PROVED = "proved", _("Proved")
    USED = "used", _("Used")
    REFUSED = "refused", _("Not confirmed")
    EXPIRED = "expired", _("Expired")


# A proof is used once, for one person, within its time; what was used or ended opens nothing again.
PERSON_PROOF_LIFECYCLE = Lifecycle(
    name="person_proof",
    states=PersonProofState,
    initial=PersonProofState.STARTED,
    edges={
        (PersonProofState.STARTED, PersonProofState.PROVED): "person_proof.proved",
        (PersonProofState.STARTED, PersonProofState.REFUSED): "person_proof.refused",
        (PersonProofState.STARTED, PersonProofState.EXPIRED): "person_proof.expired",
        (PersonProofState.PROVED, PersonProofState.USED): "person_proof.used",
        (PersonProofState.PROVED, PersonProofState.EXPIRED): "person_proof.expired",
    },
)


OPEN_PROOF_STATES = (PersonProofState.STARTED, PersonProofState.PROVED)


class KinshipState(TextChoices):
    CLAIMED = "claimed", _("Not confirmed yet")
    PROVED = "proved", _("Confirmed")
    REFUSED = "refused", _("Not agreed")
    WITHDRAWN = "withdrawn", _("Taken back")
    DROPPED = "dropped", _("Ended with the account")


# REFUSED and WITHDRAWN are the other person's word: only her own consent leads out of them; or, where staff refused
# the papers, other papers. DROPPED: the account that claimed it was not this person after all;
# whoever says it again begins anew.
KINSHIP_LIFECYCLE = Lifecycle(
    name="kinship",
    states=KinshipState,
    initial=KinshipState.CLAIMED,
    edges={
        (KinshipState.CLAIMED, KinshipState.PROVED): "kinship.proved",
        (KinshipState.CLAIMED, KinshipState.REFUSED): "kinship.refused",
        (KinshipState.CLAIMED, KinshipState.DROPPED): "kinship.dropped",
        (KinshipState.PROVED, KinshipState.WITHDRAWN): "kinship.withdrawn",
        (KinshipState.PROVED, KinshipState.DROPPED): "kinship.dropped",
        (KinshipState.REFUSED, KinshipState.PROVED): "kinship.proved",
        (KinshipState.REFUSED, KinshipState.DROPPED): "kinship.dropped",
        (KinshipState.WITHDRAWN, KinshipState.PROVED): "kinship.proved",
        (KinshipState.WITHDRAWN, KinshipState.DROPPED): "kinship.dropped",
    },
)
