"""Links and kinships as they stand after they were proved, for tests about something else. How they come to be proved
is told in test_proof_of_person.py and test_kinship.py."""

from __future__ import annotations

import secrets

from django.db import transaction

from accounts.models import User
from core import clock
from core.actors import Actor
from people.models import Kinship, Person, PersonProof
from people.models.kinship import KinshipProof
from people.models.person import ConsentKind
from products.models import PlanDocument, PlanYear
from products.models.plan_year import DocumentKind
from work.lifecycle import transition

SOMEBODY = Actor.system("test")


def used_proof(user: User, person_index: str) -> PersonProof:
    now = clock.now()
    proof = PersonProof.objects.create(
        number=secrets.token_hex(16),
        user=user,
        method="voucher",
        state_digest=secrets.token_hex(32),
        session_digest=secrets.token_hex(32),
        nonce=secrets.token_hex(16),
        started_at=now,
        expires_at=now,
    )
    with transaction.atomic():
        transition(proof, "proved", actor=SOMEBODY, now=now, person_index=person_index, proved_at=now)
        return transition(proof, "used", actor=SOMEBODY, now=now, ended_at=now, nonce="", platform_url="")


def stands_for(user: User, person: Person) -> Person:
    """The account has proved to be this person."""
    proof = used_proof(user, person.psn_no_index)
    Person.objects.filter(pk=person.pk).update(user=user, proof=proof)
    person.refresh_from_db()
    return person


def proved_kin(payer: Person, relative: Person, relation: str, year: PlanYear) -> Kinship:
    """The civil register showed it."""
    now = clock.now()
    notice = PlanDocument.objects.filter(plan_year=year, kind=DocumentKind.PRIVACY).latest("version")
    kinship = Kinship.objects.create(
        payer=payer,
        relative=relative,
        relation=relation,
        consent_kind=ConsentKind.INSURED,
        consented_at=now,
        privacy_document=notice,
        created_at=now,
    )
    with transaction.atomic():
        return transition(kinship, "proved", actor=SOMEBODY, now=now, proof_kind=KinshipProof.REGISTER, proved_at=now)
