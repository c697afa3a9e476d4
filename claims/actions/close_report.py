"""Nothing came of a report: told twice, taken back, or the platform knows no such treatment (C2)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from claims import errors
from claims.actions._locks import lock_open_report, person_id
from claims.actions._reviewing import refuse_own
from claims.models import ClaimReport
from core.actors import Actor

SHORTEST = 4


def close_report(*, report: ClaimReport, because: str, actor: Actor, now: datetime) -> ClaimReport:
    """The report leaves the desk's list and stays on record, with who closed it and why.

    Needs claims.review for the insurer of the report, from somebody whom it does not concern. Raises NotAllowed
    own_claim; DomainError reason_missing; Conflict report_has_claim, report_closed.
    """
    actor.require("claims.review", report)
    refuse_own(actor, insured_id=report.policy.insured_id)
    if len(because.strip()) < SHORTEST:
        raise errors.closing_reason_missing()
    with transaction.atomic():
        locked = lock_open_report(report)
        locked.closed_at, locked.closed_by_id, locked.closed_because = now, person_id(actor), because.strip()
        locked.save(update_fields=["closed_at", "closed_by", "closed_because"])
    return locked
