"""A claim begins with stays that the national platform knows, every amount already in it (C3).

A resident chooses them on the site; staff register what came by telephone, over a counter, from the agency or from a
hospital, and then nobody is the filer: whoever may act for the insured continues it, or the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from claims import errors
from claims.actions._bills import Choice, gather
from claims.actions._locks import person_id
from claims.actions._reviewing import refuse_own
from claims.models import Claim, ClaimReport
from claims.selectors import draft_with
from claims.stays import StayNumbers
from core.actors import Actor
from enrollment.errors import PolicyNotFound
from enrollment.models import Policy
from people.selectors import capacity_for


def start_claim(
    *,
    policy: Policy,
    stays: Sequence[StayNumbers],
    actor: Actor,
    now: datetime,
    wait: bool = False,
) -> Claim | None:
    """A DRAFT with its bills, in the order in which they were settled; None while a worker is still asking for them
    (selectors.fetch_of). The same person choosing the same stays again gets the draft that exists; another person's
    draft is in nobody's way.

    policy: one the actor may claim on (enrollment.selectors.policy_for_claim). The platform is asked anew, for these
    stays alone: amounts come from there, never from the form. wait: as long as it takes, for programs.

    Raises NotFound policy_not_found unless the insured is the actor or a relative proved to be one; DomainError
    nothing_chosen, settlement_not_found (also when the hospital has taken the bill back), visit_type_not_covered,
    outside_cover, bills_of_two_kinds; Conflict settlement_already_claimed when it was handed in; Busy platform_silent.
    """
    actor.require("claims.file")
    if not capacity_for(actor.user_id, policy.insured_id):
        raise PolicyNotFound()
    filer = person_id(actor)
    choice = Choice(policy=policy, stays=_wanted(stays), account_id=filer)
    return draft_with(choice.stays, policy=policy, filed_by_id=filer) or gather(choice, wait=wait, now=now)


def register_claim(
    *, report: ClaimReport, stays: Sequence[StayNumbers], actor: Actor, now: datetime, wait: bool = False
) -> Claim | None:
    """A DRAFT that came by another way than the site, with nobody as its filer; the insured's account is told. A report
    of which a claim has come already gives that claim.

    Needs claims.review for the insurer of the report, from somebody whom it does not concern. Raises NotAllowed
    own_claim; Conflict report_closed; and as start_claim.
    """
    actor.require("claims.review", report)
    refuse_own(actor, insured_id=report.policy.insured_id)
    known = ClaimReport.objects.select_related("claim").get(pk=report.pk)
    if known.claim is not None:
        return known.claim
    if known.closed_at is not None:
        raise errors.report_closed()
    choice = Choice(policy=report.policy, stays=_wanted(stays), account_id=person_id(actor), report=report)
    return gather(choice, wait=wait, now=now)


def _wanted(stays: Sequence[StayNumbers]) -> tuple[StayNumbers, ...]:
    wanted = tuple(dict.fromkeys(stays))
    if not wanted:
        raise errors.nothing_chosen()
    return wanted
