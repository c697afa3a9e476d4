from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import record_name
from accounts.models import User
from core import guards
from core.errors import Conflict, DomainError
from core.identifiers import mask_mobile
from parties.models import Scheme
from people.actions.check_person import check_person
from people.actions.finish_proof import FORGOTTEN, is_late
from people.actions.give_person_back import Why, release
from people.copies import changing, person_of_account
from people.errors import NotConfirmed
from people.lifecycle import PersonProofState
from people.messages import tell_linked
from people.models import Person, PersonProof
from privacy.fields import sealed_values
from products.models import PlanYear
from work.lifecycle import transition
from work.writes import run, update_sql


def link_person(
    *, user: User, proof: PersonProof, takes_over: Why | None = None, plan_year: PlanYear, now: datetime
) -> Person:
    """The account becomes the person whom the platform proved to be before its screen. Uses the proof up.

    takes_over: when another account stands for her, why it no longer shall; without it that is asked first. Since it is
    she who asks, she is told what nobody else is: paused, another city, another number. Calls out. Raises not_confirmed
    (no fresh proof of this account), person_already_linked, person_linked_elsewhere and the codes of `check_person`.
    """
    if proof.user_id != user.pk or proof.state != PersonProofState.PROVED or is_late(proof, now):
        raise NotConfirmed()
    if person_of_account(user.pk) is not None:  # the database has the last word
        raise _already_linked()
    person = _known_person(user, proof, plan_year, now)
    try:
        with transaction.atomic():
            return _link(user, person.pk, proof, takes_over, plan_year.scheme, now)
    except IntegrityError as error:
        if "user_id" not in str(error):
            raise
        raise _already_linked() from error


def _known_person(user: User, proof: PersonProof, plan_year: PlanYear, now: datetime) -> Person:
    """Her row as the platform has her now. Somebody known stays known while her insurance is paused: it is about who
    she is, not about what she may buy."""
    try:
        return check_person(
            user=user, name=proof.name, id_number=proof.id_number, plan_year=plan_year, is_herself=True, now=now
        )
    except DomainError:
        known = Person.objects.filter(psn_no_index=proof.person_index).first()
        if known is None:
            raise
        return known


def _link(
    user: User, person_id: int, proof: PersonProof, takes_over: Why | None, scheme: Scheme, now: datetime
) -> Person:
    """In order: person, her orders, the proof. Of two accounts that prove the same person at once, one waits here
    and is then told of the other."""
    # The account is read after the lock: a join would still show it as it was before the wait.
    people = Person.objects.all()
    if guards.on("people.link_under_lock"):
        people = people.select_for_update(of=("self",))
    person = people.get(pk=person_id)
    actor = user.actor()
    if person.user is not None and person.user_id != user.pk:
        if takes_over is None:
            raise PersonLinkedElsewhere(mask_mobile(person.user.phone))
        release(person, why=takes_over, scheme=scheme, actor=actor, now=now)
    mobile = proof.mobile or person.mobile
    if guards.on("people.proof_is_used_up"):
        transition(proof, PersonProofState.USED, actor=actor, now=now, ended_at=now, **FORGOTTEN)
    changing(user.pk, person.user_id)
    person.user, person.proof, person.mobile = user, proof, mobile
    link = sealed_values(person, {"user": user, "proof": proof, "mobile": mobile})
    run(*record_name(user=user, name=person.name), update_sql(Person.objects.filter(pk=person.pk), link))
    tell_linked(person, scheme=scheme, now=now)
    return person


class PersonLinkedElsewhere(Conflict):
    """Told to the proven person alone."""

    def __init__(self, phone: str) -> None:
        super().__init__(
            "person_linked_elsewhere",
            _("Another phone number, %(phone)s, is signed in as you. Please say whether it is yours."),
            phone=phone,
        )


def _already_linked() -> Conflict:
    return Conflict("person_already_linked", _("We already know who you are. If this is wrong, see “This is not me”."))
