from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from parties.models import Scheme
from products.models import CityOrigin, CityYear
from products.workshop import cities


def generate_city_year(
    *,
    scheme: Scheme,
    title: str,
    people: int,
    seed: int,
    year: int,
    shape: Mapping[str, int],
    actor: Actor,
    now: datetime,
) -> CityYear:
    """A city year made from its seed (benefits.simulation.city); nothing is computed yet. shape: what is not the usual.
    Raises title_missing, city_out_of_bounds at the field."""
    actor.require("enrollment.operate", scheme)
    if not title.strip():
        raise DomainError("title_missing", _("Please give it a title."), field="title")
    bounds = {**cities.BOUNDS, "people": (1, cities.MOST_PEOPLE), "seed": (0, 2**31 - 1), "year": (2000, 2100)}
    for name, value in {**shape, "people": people, "seed": seed, "year": year}.items():
        low, high = bounds[name]
        if not low <= value <= high:
            raise DomainError(
                "city_out_of_bounds", _("Please choose between %(low)s and %(high)s."), field=name, low=low, high=high
            )
    city = cities.generated(people, {**shape, "seed": seed, "year": year})
    return CityYear.objects.create(
        scheme=scheme,
        title=title.strip(),
        origin=CityOrigin.GENERATED,
        made_from=cities.settings_of(city),
        people=people,
        sha256=cities.digest_of(city),
        created_by_id=actor.user_id,
        created_at=now,
    )
