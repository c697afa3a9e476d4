"""Who may be insured in a scheme: whoever is in the basic insurance of one of its areas, and where the scheme admits
them those who live there and are insured elsewhere (Sanmenxia 三(二), E2, E3).

Of the schemes of one kind a person belongs to the one that has her area, and to no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Protocol

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from parties.models import Scheme
from parties.selectors import schemes_of_areas
from people.errors import InsuredElsewhere
from people.models import Person, PersonInsurance, Residence
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

    Raises insured_elsewhere (with the scheme that is hers), insurance_paused, not_in_basic_insurance.
    """
    basic = [item for item in insurances if item.type in BASIC_INSURANCE_TYPES]
    homes = schemes_of_areas({item.area for item in basic}, kind=scheme.kind, on=on)
    here = [item for item in basic if homes[item.area] == scheme]
    if any(item.status == InsuranceStatus.ACTIVE for item in here):
        return
    elsewhere = next((item for item in basic if item.status == InsuranceStatus.ACTIVE), None)
    if elsewhere is not None:
        raise InsuredElsewhere(scheme, homes[elsewhere.area])
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


def insured_elsewhere(people: Iterable[Person], *, scheme: Scheme, on: date) -> dict[int, Scheme | None]:
    """Of people known already those whose area is not the scheme's, by id, with the scheme that is theirs.

    Asked whenever they are put on an order: somebody known in one city opens another one's pages, or has moved. By what
    the platform said last; nobody is asked. No query for people of the scheme's own areas.
    """
    known = {person.pk: person.insurance_area for person in people if person.insurance_area}
    homes = schemes_of_areas(set(known.values()), kind=scheme.kind, on=on)
    away = {pk: homes[area] for pk, area in known.items() if homes[area] != scheme}
    if not away:
        return {}
    # Employed in one city and insured as a resident of another: she may choose.
    running = PersonInsurance.objects.filter(
        Q(to_on=None) | Q(to_on__gt=on),
        person__in=away,
        type__in=BASIC_INSURANCE_TYPES,
        status=InsuranceStatus.ACTIVE,
        closed_at=None,
        from_on__lte=on,
    )
    others = list(running.values_list("person_id", "area"))
    homes = schemes_of_areas({area for _pk, area in others}, kind=scheme.kind, on=on)
    here = {pk for pk, area in others if homes[area] == scheme} | living_here(away, scheme=scheme, on=on)
    return {pk: home for pk, home in away.items() if pk not in here}


def living_here(people: Collection[int], *, scheme: Scheme, on: date) -> set[int]:
    """Of these people (ids) those who have shown that they live in the scheme's city, as far as it admits them."""
    if not scheme.admits_new_citizens:
        return set()
    shown = Residence.objects.filter(person__in=people, scheme=scheme, from_on__lte=on, to_on__gt=on)
    return set(shown.values_list("person_id", flat=True))
