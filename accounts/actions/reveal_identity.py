from __future__ import annotations

import re
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts import reveal_limits, visibility
from accounts.models import IdentityReveal
from core.actors import Actor
from core.errors import DomainError, NotAllowed, NotFound

PERMISSION = "identity.reveal"
_SHORTEST_REASON = 4


def reveal_identity(*, actor: Actor, subject: models.Model, field: str, reason: str, now: datetime) -> str:
    """The full value of one personal field, after writing down who reads it and why.

    A model names its fields that may be read so in REVEALABLE_FIELDS (field -> how it is masked); all others are
    refused. Holders of identity.reveal may read those of records that their desk shows them (accounts.visibility); a
    person may read her own: the user row that she is, or a row whose user_id is hers.
    Call it inside the transaction that shows or exports the value, so that nothing is read off the record.
    Raises NotAllowed: not_allowed, field_not_revealable. NotFound: nothing_to_reveal. DomainError:
    reveal_reason_missing, reveal_reason_personal, reveal_limit (so many a day, accounts.reveal_limits).
    """
    if not _is_own(actor, subject):
        actor.require(PERMISSION)
        if not visibility.shows(actor, subject):
            raise nothing_to_reveal()
    if field not in getattr(subject, "REVEALABLE_FIELDS", ()):
        raise NotAllowed("field_not_revealable", _("This field cannot be shown in full."))
    reason = " ".join(reason.split())
    if len(reason) < _SHORTEST_REASON:
        raise DomainError(
            "reveal_reason_missing",
            _("Please say in a few words why you need the full value. It goes on record."),
            field="reason",
        )
    if re.search(r"\d{11}", reason):
        raise DomainError(
            "reveal_reason_personal",
            _("Please write no phone or identity number into the reason: it is kept in the open. Name the case."),
            field="reason",
        )
    with transaction.atomic():
        if not _is_own(actor, subject):
            reveal_limits.count_one_more(actor, now=now)
        IdentityReveal.objects.create(
            subject_type=subject._meta.label_lower,
            subject_key=str(subject.pk),
            field=field,
            reason=reason[:200],
            actor_id=actor.user_id,
            actor_label=actor.label,
            at=now,
        )
    return str(getattr(subject, field))


def nothing_to_reveal() -> NotFound:
    return NotFound("nothing_to_reveal", _("There is nothing to show here. Please go back and try again."))


def _is_own(actor: Actor, subject: models.Model) -> bool:
    if actor.user_id is None:
        return False
    if subject._meta.label_lower == "accounts.user":
        return bool(subject.pk == actor.user_id)
    return getattr(subject, "user_id", None) == actor.user_id
