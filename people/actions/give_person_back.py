from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from accounts.actions import end_sessions, forget_name
from accounts.models import User
from core.actors import Actor
from parties.models import Scheme
from people import links
from people.copies import changing
from people.errors import PersonMissing
from people.lifecycle import KinshipState
from people.messages import tell_given_back
from people.models import Kinship, Person
from people.models.kinship import KinshipProof
from work.leases import open_human_task
from work.lifecycle import transition

PERSON_GIVEN_BACK = "people.person_given_back"


class Why(StrEnum):
    """NOT_ME: the account says so. MOVED: she proved herself on a new number and the old one was hers. STRANGER: she
    proved herself and does not know the account that stood for her."""

    NOT_ME = "not_me"
    MOVED = "moved"
    STRANGER = "stranger"


@transaction.atomic
def give_person_back(*, user: User, scheme: Scheme, actor: Actor, now: datetime) -> Person:
    """ "This is not me": the account stands for nobody again, the person for herself. Nothing that was paid is undone.

    scheme: whose words stand on the messages about it.
    All sessions of the account but the one that acts are over (the view renews its own). Raises person_missing.
    """
    actor.require("enrollment.enrol")
    person = Person.objects.select_for_update().filter(user=user).first()
    if person is None or actor.user_id != user.pk:
        raise PersonMissing()
    release(person, why=Why.NOT_ME, scheme=scheme, actor=actor, now=now)
    return person


def release(person: Person, *, why: Why, scheme: Scheme, actor: Actor, now: datetime) -> None:
    """End the link between a person (locked by the caller) and her account, in the caller's transaction.

    Other rooms let go of what they hold open (orders, drafts of claims); kinships that the account spoke for are
    dropped unless it was she herself on an older number; both are told; a doubt is put before staff.
    """
    account, proof = person.user, person.proof
    assert account is not None
    assert proof is not None  # a constraint of the table
    links.released(person, account, actor=actor, now=now)
    if why != Why.MOVED:
        _drop_kinships(person, account, actor, now)
    changing(account.pk)
    Person.objects.filter(pk=person.pk).update(user=None, proof=None)
    forget_name(user=account)
    end_sessions(user=account, now=now)
    tell_given_back(person, account, occasion=proof.number, scheme=scheme, now=now)
    if why != Why.MOVED:
        open_human_task(
            kind=PERSON_GIVEN_BACK,
            key=f"{person.pk}:{proof.pk}",
            reason=_REASONS[why].format(person=person.pk, account=account.label, day=f"{proof.started_at:%Y-%m-%d}"),
            scope={"scheme": scheme.pk, "area": person.insurance_area},
            now=now,
        )


_REASONS = {
    Why.NOT_ME: "{account} says that person {person} is not she; proof of {day}. See its orders, claims, payees.",
    Why.STRANGER: "Person {person} does not know {account}, proof of {day}. See its orders, claims, payees.",
}


def _drop_kinships(person: Person, account: User, actor: Actor, now: datetime) -> None:
    for kinship in Kinship.objects.select_for_update().filter(payer=person).exclude(state=KinshipState.DROPPED):
        transition(kinship, KinshipState.DROPPED, actor=actor, now=now, reason="person given back")
    spoken = Kinship.objects.select_for_update().filter(
        relative=person, state=KinshipState.PROVED, proof_kind=KinshipProof.CONSENT, proved_by=account
    )
    for kinship in spoken:
        transition(kinship, KinshipState.WITHDRAWN, actor=actor, now=now, reason="consent was not hers")
