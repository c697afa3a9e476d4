"""This room's part of "my data" (PIPL 45): who the account is, how that was shown, family."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import my_data
from people.models import Fact, Kinship, Person, PersonProof
from people.selectors import kinships_about


def register() -> None:
    title = _("Who you are, your family, and who may act for you")
    my_data.parts.register("people", my_data.Part(section, title))


def section(user_id: int) -> dict[str, Any]:
    person = Person.objects.filter(user_id=user_id).first()
    return {
        "person": _person(person, own=True) if person else None,
        "confirmed": _proof(person.proof) if person and person.proof else None,
        "may_act_for_me": [
            {"name": kinship.payer.name, "relation": kinship.relation, "state": kinship.state}
            for kinship in (kinships_about(person) if person else ())
        ],
        "residences": [
            {
                "scheme": one.scheme_id,
                "ground": one.ground,
                "from": one.from_on.isoformat(),
                "until": one.to_on.isoformat(),
            }
            for one in (person.residences.all() if person else ())
        ],
        "family": [
            {
                "relation": kinship.relation,
                "state": kinship.state,
                "since": kinship.created_at.isoformat(),
                **(_person(kinship.relative) if kinship.is_proved else _as_typed(kinship.relative)),
            }
            for kinship in (_family_of(person) if person else ())
        ],
    }


def _family_of(person: Person) -> QuerySet[Kinship]:
    """With what is known of each, in a few questions whatever the size of the family."""
    family = person.relatives.select_related("relative").order_by("pk")
    return family.prefetch_related("relative__documents", "relative__insurances", "relative__classes")


def _proof(proof: PersonProof) -> dict[str, Any]:
    """How it was shown that the account is this person."""
    return {"method": proof.method, "at": proof.proved_at.isoformat() if proof.proved_at else None}


def _as_typed(person: Person) -> dict[str, Any]:
    """Of somebody not proved to be a relative: what the account holder wrote, nothing that the platform added."""
    return {"name": person.name, "id_number": person.id_number}


def _person(person: Person, *, own: bool = False) -> dict[str, Any]:
    return {
        "name": person.name,
        "kind_of_document": person.id_type,
        "id_number": person.id_number,
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat(),
        "person_number": person.psn_no,
        "insurance_type": person.insurance_type,
        "insurance_area": person.insurance_area,
        "checked_at": person.checked_at.isoformat(),
        "documents": [
            {"kind": one.kind, "number": one.number, "name": one.name, **_when(one)} for one in person.documents.all()
        ],
        "insurances": [
            {
                "type": one.type,
                "area": one.area,
                "status": one.status,
                "category": one.category,
                "civil_servant": one.civil_servant,
                "since": _iso(one.since_on),
                "paused_on": _iso(one.paused_on),
                **_when(one),
            }
            for one in person.insurances.all()
        ],
        "classes_of_assistance": [
            {"code": one.code, "name": one.name, "level": one.level, **_when(one)} for one in person.classes.all()
        ],
        **({"mobile": person.mobile} if own and person.mobile else {}),
    }


def _when(fact: Fact) -> dict[str, Any]:
    """When it was so, who said it when, and whether that was taken back."""
    return {
        "from": fact.from_on.isoformat(),
        "until": _iso(fact.to_on),
        "source": fact.source,
        "asked_at": fact.asked_at.isoformat(),
        "no_longer_said_at": _iso(fact.closed_at),
        "taken_back": fact.withdrawn,
    }


def _iso(moment: date | None) -> str | None:
    return moment.isoformat() if moment else None
