from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from parties.models import BasicInsurance, Scheme, WaitingRule

LONGEST_MONTHS = 24


@transaction.atomic
def set_waiting_rule(
    *,
    scheme: Scheme,
    insurance_type: str,
    from_on: date,
    months_at_first: int,
    months_after_break: int,
    break_months: int,
    source: str,
    actor: Actor,
    now: datetime,
) -> WaitingRule:
    """How long the city's basic insurance does not yet pay whoever is insured from that day on, until another rule
    begins. Said again of the same day it corrects what was said; the history keeps both, and what a decision used is
    kept with the decision. Raises insurance_unknown, waiting_months, source_missing. Source: Sanmenxia 三(三)1."""
    actor.require("enrollment.operate", scheme)
    if insurance_type not in BasicInsurance.values:
        raise DomainError("insurance_unknown", _("Please choose the basic insurance."), field="insurance_type")
    if not all(0 <= months <= LONGEST_MONTHS for months in (months_at_first, months_after_break, break_months)):
        raise DomainError("waiting_months", _("Months lie between 0 and 24."), field="months_at_first")
    if not source.strip():
        raise DomainError("source_missing", _("Please say which document of the city says so."), field="source")
    # One after the other: the second one of a day corrects the first.
    Scheme.objects.select_for_update(no_key=True).get(pk=scheme.pk)
    key = {"scheme": scheme, "insurance_type": insurance_type, "from_on": from_on}
    said = {
        "months_at_first": months_at_first,
        "months_after_break": months_after_break,
        "break_months": break_months,
        "source": source.strip(),
    }
    if not WaitingRule.objects.filter(**key).update(**said):
        WaitingRule.objects.create(**key, **said)
    return WaitingRule.objects.get(**key)
