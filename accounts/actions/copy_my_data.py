from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import my_data
from accounts.actions.reveal_identity import reveal_identity
from accounts.models import User
from accounts.selectors import current_consents, data_requests_of, reveals_of
from core.actors import Actor

_REASON = "copy of own data"


def copy_my_data(*, user: User, actor: Actor, now: datetime) -> dict[str, Any]:
    """All that the portal holds about this person, as plain JSON values; the reading is on record. Source: PIPL 45.

    Raises NotAllowed unless it is the person herself.
    """
    with transaction.atomic():
        own = {
            field: reveal_identity(actor=actor, subject=user, field=field, reason=_REASON, now=now)
            for field in User.REVEALABLE_FIELDS
        }
        return {
            "made_at": now.isoformat(),
            "account": {"number": str(user.uuid), "since": user.created_at.isoformat(), **own},
            "consents": [
                {
                    "purpose": consent.purpose,
                    "notice_version": consent.notice_version,
                    "notice_sha256": consent.notice_sha256,
                    "agreed": consent.granted,
                    "at": consent.at.isoformat(),
                }
                for consent in current_consents(user=user)
            ],
            "requests": [
                {
                    "request": str(request.kind),
                    "state": str(request.state),
                    "wanted": request.wanted,
                    "answer": request.answer,
                }
                for request in data_requests_of(user)
            ],
            "readings": [
                {
                    "field": reading.field,
                    "at": reading.at.isoformat(),
                    "by": "me" if reading.actor_id == user.pk else "staff",
                    "reason": reading.reason,
                }
                for reading in reveals_of("accounts.user", str(user.pk))
            ],
            **my_data.sections(user.pk),
        }
