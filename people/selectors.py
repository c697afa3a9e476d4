"""Read models of this room. Ownership is decided here: a stranger's row is "not found"."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from core import guards
from core.actors import Actor, reached
from core.written import name_as_written
from people.copies import person_of_account
from people.errors import KinshipNotFound
from people.lifecycle import OPEN_PROOF_STATES, KinshipState
from people.models import Kinship, Person, PersonDocument, PersonProof
from people.relations import CLOSE_RELATIONS
from privacy.fields import BlindIndexField
from work.asked import asked


def person_of(actor: Actor) -> Person | None:
    """Whom the actor's account stands for, from a copy at most a minute old (people.copies)."""
    return None if actor.user_id is None else person_of_account(actor.user_id)


def operator_sees_person(actor: Actor, person_id: int) -> bool:
    """Operators answer for everybody who is enrolled; other desks add the people they have to do with."""
    return reached(Person.objects.filter(pk=person_id), actor, "enrollment.operate", "identity.reveal").exists()


def people_who_are(actor: Actor) -> QuerySet[Person]:
    """The actor as an insured person: by her account, or by the identity number recorded with her staff account."""
    if actor.user_id is None:
        return Person.objects.none()
    digest = User.objects.filter(pk=actor.user_id).values_list("identity_digest", flat=True).first()
    same_number = _documents_ever(digest).values_list("person", flat=True) if digest else []
    return Person.objects.filter(Q(user_id=actor.user_id) | Q(pk__in=list(same_number)))


def number_digest(text: str) -> str:
    """What the number of a document is found by, however it was typed."""
    return BlindIndexField.of(PersonDocument, "number_index", text)


def people_with_number(text: str) -> QuerySet[Person]:
    """Everybody who has or had a document of this number: one person, but for a number that was given twice."""
    return Person.objects.filter(pk__in=list(_documents_ever(number_digest(text)).values_list("person", flat=True)))


def is_name_of(person: Person, text: str) -> bool:
    """However it was typed: the name that she has or had on a document."""
    names = {person.name, *(document.name for document in person.documents.all())}
    return name_as_written(text) in {name_as_written(name) for name in names}


def bearer(*, name: str, id_number: str) -> Person | None:
    """Whose card it is that lies on the desk: name and whole number, both as on it. None also where two have both."""
    found = [person for person in people_with_number(id_number) if is_name_of(person, name)]
    return found[0] if len(found) == 1 else None


def document_of_before(text: str) -> PersonDocument | None:
    """The document that had this number once and has it no longer, unless it is now somebody else's. Of two people who
    had it one after the other, the later one's."""
    documents = _documents_ever(number_digest(text)).select_related("person")
    found = sorted(documents, key=lambda document: (document.closed_at is None, document.asked_at))
    if not found or found[-1].closed_at is None:
        return None
    return found[-1]


def _documents_ever(digest: str) -> QuerySet[PersonDocument]:
    """Each half has an index of its own."""
    return PersonDocument.objects.filter(
        Q(number_index=digest, closed_at=None) | Q(number_index=digest, closed_at__isnull=False)
    )


def operator_sees_document(actor: Actor, document_id: int) -> bool:
    """Whoever sees the person sees what she has and had."""
    person = PersonDocument.objects.filter(pk=document_id).values_list("person", flat=True).first()
    return person is not None and operator_sees_person(actor, person)


def operator_sees_account(actor: Actor, user_id: int) -> bool:
    """Of residents alone: a colleague's name and telephone are nobody's desk."""
    residents = User.objects.filter(pk=user_id, kind=User.Kind.RESIDENT)
    if reached(residents, actor, "enrollment.operate", "identity.reveal").exists():
        return True
    # An account belongs nowhere; whoever is narrowed answers for the person that it stands for.
    people = Person.objects.filter(user__in=residents)
    return reached(people, actor, "enrollment.operate", "identity.reveal").exists()


def listed_kinships(payer: Person) -> QuerySet[Kinship]:
    """The payer's list, in the order in which people were put on it."""
    kinships = payer.relatives.select_related("relative").order_by("pk")
    return kinships.exclude(state=KinshipState.DROPPED)


def family_list(payer: Person) -> list[Kinship]:
    """`listed_kinships`, asked. One query."""
    found = _family_list(payer=payer.pk)
    for kinship in found:
        kinship.payer = payer
    return found


@asked
def _family_list(payer: Any) -> QuerySet[Kinship]:
    kinships = Kinship.objects.filter(payer=payer).exclude(state=KinshipState.DROPPED)
    return kinships.select_related("relative").order_by("pk")


def kinship_for_payer(actor: Actor, pk: int) -> Kinship:
    """Raises kinship_not_found, also for a stranger's."""
    payer = person_of(actor)
    found = listed_kinships(payer).filter(pk=pk).first() if payer else None
    if found is None:
        raise KinshipNotFound()
    return found


def kinship_for_relative(actor: Actor, pk: int) -> Kinship:
    """Raises kinship_not_found, also for a stranger's."""
    person = person_of(actor)
    found = kinships_about(person).filter(pk=pk).first() if person else None
    if found is None:
        raise KinshipNotFound()
    return found


def kinships_about(person: Person) -> QuerySet[Kinship]:
    """Who says to be a close relative of this person, newest first."""
    close = person.relative_of.filter(relation__in=CLOSE_RELATIONS).exclude(state=KinshipState.DROPPED)
    return close.select_related("payer", "relative").order_by("-pk")


class Capacity(StrEnum):
    """As what an account may act for a person: see her matters, pay for her, claim for her."""

    SELF = "self"
    KIN = "kin"


def capacity_for(user_id: int | None, person_id: int) -> Capacity | None:
    """As what this account may act for this person; None: not at all. One question to the database.

    A close relative whose kinship is proved acts as kin. This and `acted_for` are the only places that say so.
    """
    if user_id is None:
        return None
    kin = _proved_kin(user_id).filter(relative=OuterRef("pk"))
    found = Person.objects.filter(pk=person_id).annotate(is_kin=Exists(kin)).values_list("user_id", "is_kin").first()
    if found is None:
        return None
    account, is_kin = found
    if account == user_id:
        return Capacity.SELF
    return Capacity.KIN if is_kin else None


def acted_for(actor: Actor, insured: str) -> Q:
    """`capacity_for` as a condition on rows with a field `insured` that points to a person."""
    kin = _proved_kin(actor.user_id).filter(relative=OuterRef(insured))
    return Q(**{f"{insured}__user_id": actor.user_id}) | Q(Exists(kin))


def _proved_kin(user_id: int | None) -> QuerySet[Kinship]:
    if user_id is None:
        return Kinship.objects.none()
    kin = Kinship.objects.filter(payer__user_id=user_id, relation__in=CLOSE_RELATIONS)
    return kin.filter(state=KinshipState.PROVED) if guards.on("people.proved_kinship") else kin


def open_proof(user: User, session_digest: str, now: datetime) -> PersonProof | None:
    """The newest proof that this browser has under way or not used yet."""
    return _open_proofs.first(user=user.pk, session_digest=session_digest, now=now)


@asked
def _open_proofs(user: Any, session_digest: Any, now: Any) -> QuerySet[PersonProof]:
    mine = PersonProof.objects.filter(user=user, session_digest=session_digest, state__in=OPEN_PROOF_STATES)
    return mine.filter(expires_at__gt=now).order_by("-started_at")[:1]
