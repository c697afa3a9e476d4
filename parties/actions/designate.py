from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from parties.models import Designation, Institution


@transaction.atomic
def designate(
    *,
    institution: Institution,
    is_designated: bool,
    level: str,
    from_on: date,
    source: str,
    actor: Actor,
    now: datetime,
) -> Designation:
    """From that day on it is designated at this level, or no longer; until another row begins. Said again of the same
    day it corrects what was said; the history keeps both. Raises source_missing, institution_not_known_yet."""
    actor.require("enrollment.operate", institution)
    if not source.strip():
        raise DomainError("source_missing", _("Please say which notice or contract says so."), field="source")
    if from_on < institution.from_on:
        raise DomainError(
            "institution_not_known_yet",
            _("The institution is in the register from a later day."),
            field="from_on",
        )
    # One after the other: the second one of a day corrects the first.
    Institution.objects.select_for_update(no_key=True).get(pk=institution.pk)
    said = {"is_designated": is_designated, "level": level.strip(), "source": source.strip()}
    if not Designation.objects.filter(institution=institution, from_on=from_on).update(**said):
        Designation.objects.create(institution=institution, from_on=from_on, **said)
    return Designation.objects.get(institution=institution, from_on=from_on)
