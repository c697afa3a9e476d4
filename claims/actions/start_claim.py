"""A resident chooses a stay that the national platform knows; the claim begins with every amount already in it (C3)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from claims import errors
from claims.actions._locks import person_id
from claims.checklist import CLAIM_TYPE_BY_ENCOUNTER
from claims.lifecycle import LIVE_CLAIM_STATES
from claims.models import Claim, ClaimBill
from claims.stays import bill_fields, find_stay
from core import clock
from core.actors import Actor
from enrollment.errors import PolicyNotFound
from enrollment.models import Policy
from nhsa import Settlement
from people.selectors import capacity_for
from privacy.fields import BlindIndexField
from products.pool import lead_insurer
from work import numbers


def start_claim(*, policy: Policy, settlement_no: str, actor: Actor, now: datetime) -> Claim:
    """A DRAFT with its bill. The same person choosing the same stay again gets the draft that exists.

    policy: one the actor may claim on (enrollment.selectors.policy_for_claim). The platform is asked anew: amounts
    come from there, never from the form. Raises NotFound policy_not_found unless the insured is the actor or a relative
    proved to be one; DomainError settlement_not_found (also when the
    hospital has taken the bill back), visit_type_not_covered, outside_cover; Conflict settlement_already_claimed.
    """
    actor.require("claims.file")
    if not capacity_for(actor.user_id, policy.insured_id):
        raise PolicyNotFound()
    stay = find_stay(policy, settlement_no=settlement_no, now=now)
    if stay.encounter_type not in CLAIM_TYPE_BY_ENCOUNTER:
        raise errors.not_covered_type()
    if not policy.covers(stay.admitted_on):
        raise errors.admitted_outside_cover()
    try:
        with transaction.atomic():
            return _create(policy, stay, actor=actor, now=now)
    except IntegrityError:
        return _existing(settlement_no, actor=actor)


def _create(policy: Policy, stay: Settlement, *, actor: Actor, now: datetime) -> Claim:
    lead = lead_insurer(policy.plan_year, stay.admitted_on, area=policy.insured.insurance_area)
    claim = Claim.objects.create(
        number=numbers.next_number("CL", clock.civil_date(now).year),
        policy=policy,
        insured=policy.insured,
        claimant_id=person_id(actor),
        claim_type=CLAIM_TYPE_BY_ENCOUNTER[stay.encounter_type],
        insurer=lead,
        settlement_no=stay.settlement_no,
        created_at=now,
    )
    ClaimBill.objects.create(claim=claim, imported_at=now, **bill_fields(stay))
    return claim


def _existing(settlement_no: str, *, actor: Actor) -> Claim:
    index = BlindIndexField.of(Claim, "settlement_no_index", settlement_no)
    claim = Claim.objects.get(settlement_no_index=index, state__in=LIVE_CLAIM_STATES)
    if claim.claimant_id != actor.user_id or not claim.is_editable:
        raise errors.settlement_taken(claim.number)
    return claim
