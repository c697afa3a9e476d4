"""Which scheme an address means, to which scheme an area belongs, and what the registers say of a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.kept import Kept
from parties.models import Designation, Scheme, SchemeArea, SchemeKind, WaitingRule


class NoScheme(NotFound):
    """The address names no scheme, and several are there to choose from."""

    def __init__(self) -> None:
        super().__init__("no_scheme", _("Please choose your city first."))


def _all(_key: None) -> tuple[Scheme, ...]:
    return tuple(Scheme.objects.all())


# A handful of rows that every request reads.
_schemes: Kept[None, tuple[Scheme, ...]] = Kept(_all, seconds=30)


def _all_areas(_key: None) -> tuple[SchemeArea, ...]:
    return tuple(SchemeArea.objects.select_related("scheme"))


# Asked of everybody who enrols. An area comes and goes by its dates, which are written before they are reached.
_areas: Kept[None, tuple[SchemeArea, ...]] = Kept(_all_areas, seconds=30)


def schemes_to_choose(day: date) -> list[Scheme]:
    """Those that residents can open on a day, by code."""
    return [
        scheme
        for scheme in _schemes(None)
        if scheme.kind == SchemeKind.COMMERCIAL
        and scheme.from_on <= day
        and (scheme.to_on is None or day < scheme.to_on)
    ]


def scheme_of_address(*, host: str, first_word: str) -> tuple[Scheme | None, bool]:
    """The scheme that an address means, and whether its path says so.

    By the word that the path begins with, else by the host, else the one at the bare address, else the only one.
    """
    schemes = _schemes(None)
    for scheme in schemes:
        if scheme.code == first_word:
            return scheme, True
    by_host = [scheme for scheme in schemes if scheme.host and scheme.host == host]
    bare = [scheme for scheme in schemes if scheme.opens_bare_address]
    only = list(schemes) if len(schemes) == 1 else []
    return next(iter(by_host or bare or only), None), False


def schemes_of_areas(areas: Collection[str], *, kind: str, on: date) -> dict[str, Scheme | None]:
    """Of the schemes of one kind, for each area (platform's code, six digits) the one that people insured there belong
    to on a day: never two (a guard of the table). None where no scheme has the area. At most one query for all."""
    of_kind = [row for row in _areas(None) if row.scheme.kind == kind and row.holds(on)] if areas else []
    return {area: next((row.scheme for row in of_kind if area.startswith(row.area)), None) for area in areas}


def scheme_of_area(area: str, *, kind: str, on: date) -> Scheme | None:
    """`schemes_of_areas` for one area."""
    return schemes_of_areas([area], kind=kind, on=on)[area]


@dataclass(frozen=True, slots=True)
class InstitutionOn:
    """What the register says of an institution on a day. kind: hospital or pharmacy; level: "3", "2", "1", or "" where
    it has none. from_on: since when it is so; source: the notice that says so."""

    code: str
    name: str
    kind: str
    area: str
    level: str
    designated: bool
    from_on: date
    source: str


def _designations(code: str) -> tuple[Designation, ...]:
    return tuple(Designation.objects.filter(institution=code).select_related("institution").order_by("-from_on"))


# Asked of every bill. What begins is written before it begins, or it corrects what somebody is looking at.
_register: Kept[str, tuple[Designation, ...]] = Kept(_designations, seconds=30)


def institution_on(code: str, day: date) -> InstitutionOn | None:
    """The institution of a national code as of a day. None: the register does not know it on that day, which is not the
    same as not designated. One query at most."""
    said = next((row for row in _register(code) if row.from_on <= day), None) if code else None
    if said is None or not said.institution.is_known_on(day):
        return None
    one = said.institution
    return InstitutionOn(
        one.code, one.name, one.kind, one.area, said.level, said.is_designated, said.from_on, said.source
    )


def _rules(scheme: str) -> tuple[WaitingRule, ...]:
    return tuple(WaitingRule.objects.filter(scheme=scheme).order_by("from_on"))


_waiting: Kept[str, tuple[WaitingRule, ...]] = Kept(_rules, seconds=30)


def waiting_rules(scheme: Scheme, insurance_type: str) -> tuple[WaitingRule, ...]:
    """The rules of a scheme's city for one basic insurance (employee, resident), oldest first. One query at most."""
    return tuple(rule for rule in _waiting(scheme.code) if rule.insurance_type == insurance_type)
