"""To which schemes a row belongs that names an area and no scheme (core.actors)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core import clock
from core.actors import Column
from parties.models.scheme import SchemeArea


@dataclass(frozen=True, slots=True)
class SchemesOfArea:
    """By the areas that a scheme takes in today. area: the path to the column of the area code."""

    area: str

    def holds(self, subject: Any, codes: frozenset[str]) -> bool:
        return self._column.holds(subject, self._areas(codes))

    def among(self, codes: frozenset[str]) -> Q:
        return self._column.among(self._areas(codes))

    @property
    def _column(self) -> Column:
        return Column(self.area, by_beginning=True)

    def _areas(self, schemes: frozenset[str]) -> frozenset[str]:
        today = clock.today()
        rows = SchemeArea.objects.filter(Q(to_on=None) | Q(to_on__gt=today), scheme__in=schemes, from_on__lte=today)
        return frozenset(rows.values_list("area", flat=True))
