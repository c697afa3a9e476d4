from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.clock import civil_date
from core.errors import Busy, DomainError
from core.identifiers import IdNumber, check_id_number
from nhsa import Insurance, InsuredPerson
from parties.selectors import belongs_to
from people import platform
from people.models import Person, PersonCheck
from people.models.person import BASIC_INSURANCE_TYPES
from privacy.fields import BlindIndexField
from products.models import PlanYear

# Enough for a large family and its slips, too few for guessing who is insured.
LOOKUPS_PER_DAY = 30
_PAUSED = "paused"


def check_person(*, user: User, name: str, id_number: str, plan_year: PlanYear, now: datetime) -> Person:
    """The person with this name and number, checked with the national platform (1101) and stored.

    name: as the platform writes it (core.identifiers.name_as_written, or the platform's own word).

    Calls out, so never inside a transaction. Codes: name_missing and id_number_* before anybody is asked; then
    look_up_in_progress, too_many_lookups, platform_no_answer (nothing is lost: send again), person_not_found,
    name_mismatch, insured_elsewhere (new citizens: E3), insurance_paused, not_in_basic_insurance.
    Source: Sanmenxia 三(二), E2.
    """
    if not name.strip():
        raise DomainError("name_missing", _("Please write the name as it stands on the ID card."), field="name")
    number = check_id_number(id_number, today=civil_date(now))
    digest = BlindIndexField.of(Person, "id_number_index", number.number)
    with looking_up(user, now):
        try:
            found = platform.look_up(name=name, id_number=number.number, id_type=str(number.kind))
            insurance = _eligible_insurance(found, plan_year, civil_date(now))
        except DomainError as error:
            PersonCheck.objects.create(user=user, id_number_digest=digest, outcome=error.code, at=now)
            raise
        PersonCheck.objects.create(user=user, id_number_digest=digest, outcome="eligible", at=now)
    return _store(found, insurance, number, now)


@contextmanager
def looking_up(user: User, now: datetime) -> Iterator[None]:
    """Around everything that asks the platform about somebody named by this account."""
    with one_at_a_time(user):
        _refuse_guessing(user, now)
        yield


@contextmanager
def one_at_a_time(user: User) -> Iterator[None]:
    """The limit counts finished look-ups: a hundred sent at once would all be counted too late. A lock of the session,
    since no transaction is open while the platform is asked; it goes with the connection if the process dies. The same
    connection may take it twice.
    """
    name = f"enrollment.look_up:{user.pk}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise Busy("look_up_in_progress", _("We are still looking up the person before. Please wait a moment."))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _refuse_guessing(user: User, now: datetime) -> None:
    asked = PersonCheck.objects.filter(user=user, at__gt=now - timedelta(days=1)).count()
    if asked >= LOOKUPS_PER_DAY:
        raise DomainError(
            "too_many_lookups",
            _("You have looked up many people today. Please continue tomorrow, or call the service line."),
            status=429,
        )


def _eligible_insurance(found: InsuredPerson, plan_year: PlanYear, today: date) -> Insurance:
    """The running basic insurance in this city, employees' first: that one has a personal account.

    E2: nothing else is asked; age, household, health and work make no difference.
    """
    basic = [item for item in found.insurances if item.type in BASIC_INSURANCE_TYPES]
    here = [item for item in basic if belongs_to(plan_year.scheme, item.area, on=today)]
    running = [item for item in here if item.active]
    if running:
        return min(running, key=lambda item: BASIC_INSURANCE_TYPES.index(item.type))
    if any(item.active for item in basic):
        raise DomainError(
            "insured_elsewhere",
            _(
                "This person's basic insurance is in another city. Whoever lives here for work, for school or with "
                "their children can still enrol: please bring proof to a service point, or call the service line."
            ),
            field="id_number",
        )
    if any(item.status == _PAUSED for item in here):
        raise DomainError(
            "insurance_paused",
            _("This person's basic medical insurance is paused. As soon as it runs again, you can enrol here."),
            field="id_number",
        )
    raise DomainError(
        "not_in_basic_insurance",
        _(
            "This person is not in the city's basic medical insurance, which has to come first. "
            "Service points help you join."
        ),
        field="id_number",
    )


def _store(found: InsuredPerson, insurance: Insurance, number: IdNumber, now: datetime) -> Person:
    """The platform's word is the newest: name and insurance are taken over from it."""
    known = {
        "name": found.name,
        "id_type": str(number.kind),
        "id_number": number.number,
        "birth_date": number.birth_date,
        "sex": number.sex,
        "psn_no": found.psn_no,
        "insurance_type": insurance.type,
        "insurance_area": insurance.area,
        "checked_at": now,
    }
    # By the platform's number: whoever was given another identity number is still the same person.
    person, _created = Person.objects.update_or_create(
        psn_no_index=BlindIndexField.of(Person, "psn_no_index", found.psn_no),
        defaults=known,
        create_defaults={**known, "created_at": now},
    )
    return person
