from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import record_consent, record_name
from accounts.models import User
from accounts.notices import notice_for
from core.errors import Conflict, DomainError
from enrollment.actions.check_person import check_person
from enrollment.models import Person, PlanYear
from enrollment.notices import IDENTITY_CHECK


def link_person(
    *, user: User, name: str, id_number: str, consented: bool, plan_year: PlanYear, now: datetime
) -> Person:
    """Say who the account is: name and ID number, checked with the national platform. The typed fields are never lost.

    consented: the person's own tick for the look-up (PIPL Art. 14, 29), kept with the notice's digest before anybody
    is asked. Raises consent_missing, person_already_linked, person_linked_elsewhere and the codes of `check_person`.
    """
    if not consented:
        raise DomainError(
            "consent_missing", _("Please agree that we may check this with the national platform."), field="consent"
        )
    if Person.objects.filter(user=user).exists():
        raise Conflict(
            "person_already_linked", _("We already know who you are. If this is wrong, call the service line.")
        )
    _keep_consent(user, now)
    person = check_person(user=user, name=name, id_number=id_number, plan_year=plan_year, now=now)
    with transaction.atomic():
        # Guarded: of two accounts that name the same person at once, one gets it.
        if not Person.objects.filter(pk=person.pk, user__isnull=True).update(user=user):
            raise Conflict(
                "person_linked_elsewhere",
                _("Another phone number already signed in as this person. If that was not you, call the service line."),
                field="id_number",
            )
        record_name(user=user, name=person.name)
    person.user = user
    return person


def _keep_consent(user: User, now: datetime) -> None:
    notice = notice_for(IDENTITY_CHECK)
    assert notice is not None  # registered when the room is loaded
    record_consent(
        user=user,
        purpose=IDENTITY_CHECK,
        notice_version=notice.version,
        notice_sha256=notice.sha256,
        granted=True,
        now=now,
    )
