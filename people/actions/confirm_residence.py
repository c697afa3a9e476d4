from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, DomainError, NotAllowed
from parties.models import Scheme
from people.models import Ground, Person, Residence
from people.selectors import people_who_are

PERMISSION = "enrollment.confirm_residence"
# As long as a contract of work or a school year is shown for at a time.
LONGEST = timedelta(days=3 * 366)


@transaction.atomic
def confirm_residence(
    *,
    person: Person,
    scheme: Scheme,
    ground: str,
    from_on: date,
    to_on: date,
    found: str,
    actor: Actor,
    now: datetime,
) -> Residence:
    """Staff have read the proof that somebody insured elsewhere lives in the scheme's city; in that time she may enrol.

    found: what was read, in a sentence. Raises NotAllowed (also own_residence), new_citizens_not_admitted,
    ground_unknown, residence_dates, found_missing. Source: Sanmenxia 三(二).
    """
    actor.require(PERMISSION, scheme)
    assert actor.user_id is not None, "papers are read by a person"
    if people_who_are(actor).filter(pk=person.pk).exists():
        raise NotAllowed("own_residence", _("This is about yourself. Please let a colleague read the papers."))
    if not scheme.admits_new_citizens:
        raise Conflict(
            "new_citizens_not_admitted", _("This scheme is only for people who are in the city's basic insurance.")
        )
    if ground not in Ground.values:
        raise DomainError("ground_unknown", _("Please say why she lives here."), field="ground")
    if not from_on < to_on <= from_on + LONGEST:
        raise DomainError(
            "residence_dates", _("The proof holds from a day until a later one, at most three years."), field="to_on"
        )
    found = found.strip()
    if not found:
        raise DomainError("found_missing", _("Please write what the papers show."), field="found")
    return Residence.objects.create(
        person=person,
        scheme=scheme,
        ground=ground,
        from_on=from_on,
        to_on=to_on,
        found=found[:300],
        checked_by_id=actor.user_id,
        at=now,
    )
