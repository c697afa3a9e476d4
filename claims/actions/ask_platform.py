"""What only the national platform can say of the insured is asked for: her insurances and classes of assistance since
before the treatment (1101), and what was treated before the cover (5201, 5202)."""

from __future__ import annotations

from datetime import date, datetime

import structlog

import benefits
from claims import computation, stays
from claims.actions._reviewing import require_desk
from claims.models import Claim, PlatformHistory
from claims.stays import deadline
from core.actors import Actor
from core.errors import DomainError
from nhsa import client_of, fetch_known_diagnoses
from people.actions import refresh_person

log = structlog.get_logger(__name__)

# So far back: a person's own doctor would remember it. Plans that count years ask for fewer.
HISTORY_YEARS = 5
_OF_1101 = (
    "person.assistance",
    "person.in_waiting_period",
    "person.large_amount_cover",
    "person.insured_type",
)


def ask_platform(*, claim: Claim, actor: Actor, now: datetime) -> None:
    """By the desk, when something is not known: asked again, as long as it takes. Calls out: no transaction is open.

    Raises NotAllowed not_allowed, own_claim; Busy platform_no_answer, platform_silent; what refresh_person raises.
    """
    require_desk(claim, actor, "claims.review")
    _ask(claim, wait=True, now=now)


def learn(claim: Claim, *, now: datetime) -> None:
    """What the plan asks for and was not asked yet, in the seconds that a page waits. What does not come in time stays
    unknown: then a reviewer asks again. Calls out: no transaction is open."""
    try:
        _ask(claim, wait=False, now=now)
    except DomainError as error:
        log.warning("claim.platform_not_asked", claim=claim.number, code=error.code)


def _ask(claim: Claim, *, wait: bool, now: datetime) -> None:
    needs = _needs(claim)
    until = deadline(wait=wait)
    first_day = min(bill.admitted_on for bill in claim.bills.all())
    if any(need.partition(":")[0] in _OF_1101 for need in needs):
        scheme = claim.policy.plan_year.scheme
        refresh_person(person=claim.insured, scheme=scheme, since=first_day, deadline=until, now=now)
    if "person.known_diagnoses" in needs:
        _ask_history(claim, until=until, now=now)


def _needs(claim: Claim) -> set[str]:
    terms = computation.terms_of(claim)
    return {need for bill in claim.bills.all() for need in benefits.needs_of(terms.on(bill.admitted_on))}


def _ask_history(claim: Claim, *, until: float | None, now: datetime) -> None:
    insured, to_on = claim.insured, claim.policy.cover_from
    from_on = date(to_on.year - HISTORY_YEARS, to_on.month, 1)
    with stays.speaks():
        told = fetch_known_diagnoses(
            client_of(claim.policy.plan_year.scheme),
            psn_no=insured.psn_no,
            area=insured.insurance_area,
            from_on=from_on,
            to_on=to_on,
            deadline=until,
        )
    PlatformHistory.objects.create(
        claim=claim,
        from_on=from_on,
        to_on=to_on,
        diagnoses=[[one.code, one.on.isoformat()] for one in told],
        asked_at=now,
    )
