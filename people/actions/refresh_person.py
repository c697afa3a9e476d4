from __future__ import annotations

from datetime import date, datetime

from parties.models import Scheme
from people import platform
from people.answers import remember
from people.errors import another_person
from people.models import Person


def refresh_person(
    *, person: Person, scheme: Scheme, since: date, deadline: float | None = None, now: datetime
) -> Person:
    """What the platform (1101) has of somebody known, with all that was so on a day or later: her insurances and her
    classes of assistance become facts with days (people.facts).

    Calls out, so never inside a transaction. deadline: moment of time.monotonic() until which the answer is waited for.
    Raises platform_no_answer, person_not_found, name_mismatch (her number or name has changed: she is linked anew),
    another_person when her number is somebody else's now.
    """
    found = platform.look_up(
        scheme,
        name=person.name,
        id_number=person.id_number,
        id_type=person.id_type,
        since=since,
        deadline=deadline,
    )
    if found.psn_no != person.psn_no:
        raise another_person()
    return remember(found, since=since, now=now)
