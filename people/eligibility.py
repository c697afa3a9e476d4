"""Who may be insured: whoever is in the basic insurance of one of the scheme's areas (Sanmenxia 三(二), E2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from parties.models import Scheme
from parties.selectors import belongs_to
from people.models.person import BASIC_INSURANCE_TYPES, InsuranceStatus


class Insured(Protocol):
    """nhsa.Insurance and people.models.PersonInsurance alike."""

    @property
    def type(self) -> str: ...

    @property
    def area(self) -> str: ...

    @property
    def status(self) -> str: ...


def require_insurable(insurances: Collection[Insured], *, scheme: Scheme, on: date) -> None:
    """Nothing else is asked: age, household, health and work make no difference.

    Raises insured_elsewhere (new citizens: E3), insurance_paused, not_in_basic_insurance.
    """
    basic = [item for item in insurances if item.type in BASIC_INSURANCE_TYPES]
    here = [item for item in basic if belongs_to(scheme, item.area, on=on)]
    if any(item.status == InsuranceStatus.ACTIVE for item in here):
        return
    if any(item.status == InsuranceStatus.ACTIVE for item in basic):
        raise DomainError(
            "insured_elsewhere",
            _(
                "This person's basic insurance is in another city. Whoever lives here for work, for school or with "
                "their children can still enrol: please bring proof to a service point, or call the service line."
            ),
            field="id_number",
        )
    if any(item.status == InsuranceStatus.PAUSED for item in here):
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
