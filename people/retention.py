"""When an account is closed: the link to its person and her family list go; whoever nobody's records name is erased."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import ProtectedError

from accounts import retention
from core.actors import Actor
from people.copies import changing
from people.models import Person

log = structlog.get_logger(__name__)


def register() -> None:
    retention.rooms_that_forget.register("people", let_go)


def let_go(user_id: int, *, actor: Actor, now: datetime) -> None:
    """The person may come back with another account. People to whom no other record refers are erased."""
    person = Person.objects.filter(user_id=user_id).first()
    if person is None:
        return
    relatives = list(Person.objects.filter(relative_of__payer=person))
    person.relatives.all().delete()
    changing(user_id)
    Person.objects.filter(pk=person.pk).update(user=None, proof=None)
    for known in (person, *(relative for relative in relatives if relative.user_id is None)):
        _erase(known)


def _erase(person: Person) -> None:
    try:
        with transaction.atomic():
            Person.objects.filter(pk=person.pk).delete()
    except ProtectedError:
        log.info("person.kept", person_id=person.pk)  # a record of somebody else's, or one held by law, names her
