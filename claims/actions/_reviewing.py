"""Who may act on a claim that is being reviewed."""

from __future__ import annotations

from django.db.models import Q

from claims import errors
from claims.models import Claim
from core.actors import Actor
from people.lifecycle import KinshipState
from people.models import Kinship, Person
from people.selectors import people_who_are


def require_desk(claim: Claim, actor: Actor, permission: str) -> None:
    """The permission, held for the claim's insurer, by somebody whom the claim does not concern.

    Raises NotAllowed not_allowed, own_claim.
    """
    actor.require(permission, claim)
    refuse_own(actor, insured_id=claim.insured_id, filed_by_id=claim.filed_by_id)


def refuse_own(actor: Actor, *, insured_id: int, filed_by_id: int | None = None) -> None:
    """Nobody at the desk has a hand in what concerns her, from the report on. Raises NotAllowed own_claim."""
    if concerns(actor, insured_id=insured_id, filed_by_id=filed_by_id):
        raise errors.own_claim()


def concerns(actor: Actor, *, insured_id: int, filed_by_id: int | None) -> bool:
    """Whether the actor is the insured or who filed the claim, or stands in the family list of one of them, proved or
    only said.

    Staff are recognised as people.selectors.people_who_are says.
    """
    if actor.user_id is None:
        return False
    if filed_by_id == actor.user_id:
        return True
    people = people_who_are(actor).values("pk")
    filer = Q(user_id=filed_by_id) if filed_by_id else Q(pk__in=[])
    involved = Person.objects.filter(Q(pk=insured_id) | filer).values("pk")
    kin = Kinship.objects.exclude(state__in=[KinshipState.REFUSED, KinshipState.DROPPED])
    return (
        Person.objects.filter(pk__in=people).filter(pk__in=involved).exists()
        or kin.filter(Q(payer__in=people, relative__in=involved) | Q(payer__in=involved, relative__in=people)).exists()
    )


def require_hand(claim: Claim, actor: Actor) -> bool:
    """Who continues a claim before it is handed in, and adds what is asked for: whoever may act for the insured
    (claims.file; of which claims, selectors.claim_for says). One that nobody filed also the desk that registered it:
    then True. Raises NotAllowed not_allowed, own_claim.
    """
    if claim.filed_by_id is None and actor.may("claims.review", claim):
        refuse_own(actor, insured_id=claim.insured_id)
        return True
    actor.require("claims.file")
    return False


def require_reviewer(claim: Claim, actor: Actor) -> None:
    """The claim's reviewer alone acts on it, so that two people never work on one claim unknowingly."""
    if claim.reviewer_id != actor.user_id:
        name = claim.reviewer.display_name if claim.reviewer else "—"
        raise errors.not_the_reviewer(name)
