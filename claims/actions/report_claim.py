"""The desk writes down what it was told: by telephone, over a counter, by the agency or by a hospital (C2)."""

from __future__ import annotations

from datetime import date, datetime

from claims import errors
from claims.actions._locks import person_id
from claims.actions._reviewing import refuse_own
from claims.models import ClaimReport
from claims.models.report import WAYS
from claims.selectors import ClaimOn
from core import clock
from core.actors import Actor
from enrollment.models import Policy

SHORTEST = 5


def report_claim(
    *,
    policy: Policy,
    began_on: date,
    way: str,
    reported_by: str,
    contact: str,
    what_happened: str,
    actor: Actor,
    now: datetime,
) -> ClaimReport:
    """The report, to which register_claim then adds what the national platform knows.

    policy: in force on began_on (selectors.policies_to_report_on). Needs claims.review for the insurer that answers for
    it that day, from somebody whom it does not concern. Raises NotAllowed own_claim; DomainError way_unknown,
    reporter_missing, report_missing, began_in_the_future, outside_cover.
    """
    claim_on = ClaimOn(policy, began_on)
    actor.require("claims.review", claim_on)
    refuse_own(actor, insured_id=policy.insured_id)
    if way not in dict(WAYS):
        raise errors.way_unknown()
    if not reported_by.strip():
        raise errors.reporter_missing()
    if len(what_happened.strip()) < SHORTEST:
        raise errors.report_missing()
    if began_on > clock.civil_date(now):
        raise errors.began_in_the_future()
    if not policy.covers(began_on):
        raise errors.admitted_outside_cover()
    return ClaimReport.objects.create(
        policy=policy,
        insurer=claim_on.insurer,
        way=way,
        reported_by=reported_by.strip(),
        contact=contact.strip(),
        what_happened=what_happened.strip(),
        began_on=began_on,
        taken_by_id=person_id(actor),
        taken_at=now,
    )
