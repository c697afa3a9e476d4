"""Copies of the person that an account stands for, beside the database (work.beside), by the account's id.

Whoever changes the link, or what the platform says of a person with an account, closes the copy first.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from people.models import Person
from work.asked import asked
from work.beside import Beside, RowsBeside

_OF_ACCOUNT = Beside("person", seconds=60, by_account=True)
_people = RowsBeside(Person, _OF_ACCOUNT)


def person_of_account(user_id: int) -> Person | None:
    """None: nobody, which is kept too."""
    person, is_known = _people.look(user_id)
    if not is_known:
        person = _of_account.first(user_id=user_id)
        _people.keep(user_id, person)
    return person


@asked
def _of_account(user_id: Any) -> QuerySet[Person]:
    return Person.objects.filter(user=user_id)


def changing(*user_ids: int | None) -> None:
    """Before a change of these accounts' persons commits."""
    _OF_ACCOUNT.close(*(user_id for user_id in user_ids if user_id is not None))
