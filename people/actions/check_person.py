from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import civil_date
from core.errors import DomainError
from core.identifiers import IdNumber, check_id_number
from nhsa import InsuredPerson
from parties.models import Scheme
from people import platform
from people.answers import known_as, remember
from people.eligibility import living_here, require_insurable
from people.errors import InsuredElsewhere
from people.models import Person, PersonCheck
from people.selectors import document_of_before, number_digest
from people.turns import Turn, turn
from products.models import PlanYear

# Enough for a large family and its slips, too few for guessing who is insured.
LOOKUPS_PER_DAY = 30


def check_person(
    *, user: User, name: str, id_number: str, plan_year: PlanYear, is_herself: bool = False, now: datetime
) -> Person:
    """The person with this name and number, as the national platform (1101) has her now, insurable in this plan year.

    name: as the platform writes it (core.written.name_as_written, or the platform's own word). A number that once was
    hers finds her too.

    Calls out, so never inside a transaction. What it says of somebody known is kept whatever it is; somebody new is
    kept only when she may be insured, or when it is she herself who asks (is_herself) where people who live here and
    are insured elsewhere are admitted: staff who read her proof of that have to find her. Codes: name_missing and
    id_number_* before anybody is asked; then look_up_in_progress, too_many_lookups, platform_no_answer (nothing is
    lost: send again), person_not_found, name_mismatch, and those of people.eligibility.require_insurable.
    """
    number = read_number(name, id_number, now)
    with looking_up(user, now) as mine:
        return look_up(
            user=user, name=name, number=number, plan_year=plan_year, mine=mine, is_herself=is_herself, now=now
        )


def read_number(name: str, id_number: str, now: datetime) -> IdNumber:
    """Slips that are told before anybody is asked. Raises name_missing, id_number_*."""
    if not name.strip():
        raise DomainError("name_missing", _("Please write the name as it stands on the ID card."), field="name")
    return check_id_number(id_number, today=civil_date(now))


def look_up(
    *,
    user: User,
    name: str,
    number: IdNumber,
    plan_year: PlanYear,
    mine: Turn,
    is_herself: bool = False,
    now: datetime,
) -> Person:
    """check_person, inside `looking_up`."""
    try:
        found = _ask(plan_year.scheme, name, number)
        try:
            require_insurable(found.insurances, scheme=plan_year.scheme, on=civil_date(now))
        except InsuredElsewhere:
            if not _may_come_all_the_same(found, plan_year.scheme, is_herself, now):
                raise
        except DomainError:
            if known_as(found.psn_no) is not None:
                remember(found, now=now)
            raise
    except Exception as error:
        mine.end(_counted(user, number, error.code if isinstance(error, DomainError) else "failed", now))
        raise
    return remember(found, now=now, beside=mine.ending(_counted(user, number, "eligible", now)))


def _counted(user: User, number: IdNumber, outcome: str, now: datetime) -> PersonCheck:
    return PersonCheck(user=user, id_number_digest=number_digest(number.number), outcome=outcome, at=now)


def _may_come_all_the_same(found: InsuredPerson, scheme: Scheme, is_herself: bool, now: datetime) -> bool:
    """Insured elsewhere: whoever has shown that she lives here, and she herself, who is asked for it when she enrols.
    Somebody known is kept as the platform has her now."""
    is_asked_later = is_herself and scheme.admits_new_citizens
    if not is_asked_later and known_as(found.psn_no) is None:
        return False
    person = remember(found, now=now)
    return is_asked_later or person.pk in living_here([person.pk], scheme=scheme, on=civil_date(now))


def _ask(scheme: Scheme, name: str, number: IdNumber) -> InsuredPerson:
    """By the number as typed; should the platform not know it any more, by the one that took its place."""
    try:
        return platform.look_up(scheme, name=name, id_number=number.number, id_type=str(number.kind))
    except DomainError as error:
        before = document_of_before(number.number) if error.code == "person_not_found" else None
        if before is None:
            raise
        person = before.person
        return platform.look_up(scheme, name=name, id_number=person.id_number, id_type=person.id_type)


_TODAY = "SELECT id FROM people_personcheck WHERE user_id = %s AND at > %s"


@contextmanager
def looking_up(user: User, now: datetime) -> Iterator[Turn]:
    """Around everything that asks the platform about somebody named by this account. Raises look_up_in_progress,
    too_many_lookups."""
    with turn(user, counted=(_TODAY, [user.pk, now - timedelta(days=1)]), now=now) as mine:
        if mine.so_far >= LOOKUPS_PER_DAY:
            raise DomainError(
                "too_many_lookups",
                _("You have looked up many people today. Please continue tomorrow, or call the service line."),
                status=429,
            )
        yield mine
