"""To which schemes a person belongs, for grants (core.actors): what ties her to a scheme, and nothing that somebody
merely says. Her basic insurance in one of its areas; staff who have read that she lives there (E3); and what outer
rooms add, such as a policy of the scheme.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q

from core.registry import Registry
from parties.models import SchemesOfArea


class Tie(Protocol):
    __module__: str
    __qualname__: str

    def __call__(self, schemes: frozenset[str], /) -> Q:
        """The condition on people whom one of these schemes has taken in; by an index that begins with the person."""


ties: Registry[Tie] = Registry("tie of a person to a scheme")


def register(name: str, tie: Tie) -> None:
    ties.register(name, tie)


@dataclass(frozen=True, slots=True)
class SchemesOfPerson:
    _home = SchemesOfArea("insurance_area")

    def holds(self, subject: Any, codes: frozenset[str]) -> bool:
        if self._home.holds(subject, codes):
            return True
        return bool(type(subject)._default_manager.filter(self._tied(codes), pk=subject.pk).exists())

    def among(self, codes: frozenset[str]) -> Q:
        return self._home.among(codes) | self._tied(codes)

    @staticmethod
    def _tied(codes: frozenset[str]) -> Q:
        condition = Q(pk__in=[])
        for tie in ties.values():
            condition |= tie(codes)
        return condition
