"""A claim begins with stays that the national platform knows, every amount already in it (C3).

A resident chooses them on the site; staff register what came by telephone, over a counter, from the agency or from a
hospital, and then nobody is the filer: whoever may act for the insured continues it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from claims import errors
from claims.actions._locks import person_id
from claims.checklist import CLAIM_TYPE_BY_ENCOUNTER
from claims.models import Claim, ClaimBill, ClaimWay
from claims.selectors import claim_holding, draft_with
from claims.stays import StayNumbers, bill_fields, find_stay
from core import clock
from core.actors import Actor
from enrollment.errors import PolicyNotFound
from enrollment.models import Policy
from nhsa import Settlement
from parties.models import Insurer
from people.selectors import capacity_for
from products.pool import lead_insurer
from work import numbers


def start_claim(*, policy: Policy, stays: Sequence[StayNumbers], actor: Actor, now: datetime) -> Claim:
    """A DRAFT with its bills, in the order in which they were settled. The same person choosing the same stays again
    gets the draft that exists; another person's draft is in nobody's way.

    policy: one the actor may claim on (enrollment.selectors.policy_for_claim). The platform is asked anew, for these
    stays alone: amounts come from there, never from the form. Raises NotFound policy_not_found unless the insured is
    the actor or a relative proved to be one; DomainError nothing_chosen, settlement_not_found (also when the hospital
    has taken the bill back), visit_type_not_covered, outside_cover, bills_of_two_kinds; Conflict
    settlement_already_claimed when it was handed in.
    """
    actor.require("claims.file")
    if not capacity_for(actor.user_id, policy.insured_id):
        raise PolicyNotFound()
    wanted = _wanted(stays)
    existing = draft_with(wanted, policy=policy, filed_by_id=person_id(actor))
    if existing is not None:
        return existing
    found = _look_up(policy, wanted)
    with transaction.atomic():
        return _create(policy, found, filed_by_id=person_id(actor), way=ClaimWay.RESIDENT, now=now)


def register_claim(*, policy: Policy, stays: Sequence[StayNumbers], way: str, actor: Actor, now: datetime) -> Claim:
    """A DRAFT that came by another way than the site, with nobody as its filer. way: a ClaimWay but "resident".

    Needs claims.review for the insurer that answers for the policy. Raises as start_claim; DomainError way_unknown.
    """
    actor.require("claims.review", _ClaimOn(policy))
    if way not in ClaimWay.values or way == ClaimWay.RESIDENT:
        raise errors.way_unknown()
    found = _look_up(policy, _wanted(stays))
    with transaction.atomic():
        return _create(policy, found, filed_by_id=None, way=way, now=now)


def _wanted(stays: Iterable[StayNumbers]) -> list[StayNumbers]:
    wanted = list(dict.fromkeys(stays))
    if not wanted:
        raise errors.nothing_chosen()
    return wanted


def _look_up(policy: Policy, wanted: list[StayNumbers]) -> list[Settlement]:
    """The stays with their fee lines, oldest settlement first; each may be claimed on this policy, and together."""
    for numbers_of_stay in wanted:
        holder = claim_holding(numbers_of_stay.settlement_no)
        if holder is not None:
            raise errors.settlement_taken(holder.number)
    found = [find_stay(policy, numbers_of_stay) for numbers_of_stay in wanted]
    for stay in found:
        if stay.encounter_type not in CLAIM_TYPE_BY_ENCOUNTER:
            raise errors.not_covered_type()
        if not policy.covers(stay.admitted_on):
            raise errors.admitted_outside_cover()
    if len({CLAIM_TYPE_BY_ENCOUNTER[stay.encounter_type] for stay in found}) > 1:
        raise errors.bills_of_two_kinds()
    return sorted(found, key=_settled)


def _settled(stay: Settlement) -> tuple[float, str]:
    return (stay.settled_at.timestamp() if stay.settled_at else 0.0, stay.settlement_no)


class _ClaimOn:
    """A claim on this policy, not written yet: where it would belong."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    @property
    def scope(self) -> dict[str, str]:
        return {"insurer": _lead(self.policy, self.policy.cover_from).pk}


def _lead(policy: Policy, day: date) -> Insurer:
    """Who leads the pool in the insured's area on a day, and so answers for the claim."""
    return lead_insurer(policy.plan_year, day, area=policy.insured.insurance_area)


def _create(policy: Policy, found: list[Settlement], *, filed_by_id: int | None, way: str, now: datetime) -> Claim:
    claim = Claim.objects.create(
        number=numbers.next_number("CL", clock.civil_date(now).year),
        policy=policy,
        insured=policy.insured,
        filed_by_id=filed_by_id,
        way=way,
        claim_type=CLAIM_TYPE_BY_ENCOUNTER[found[0].encounter_type],
        insurer=_lead(policy, min(stay.admitted_on for stay in found)),
        created_at=now,
    )
    for position, stay in enumerate(found, start=1):
        ClaimBill.objects.create(claim=claim, position=position, imported_at=now, **bill_fields(stay))
    return claim
