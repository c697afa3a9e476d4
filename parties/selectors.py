"""Which scheme an address means, and to which scheme an area belongs."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.errors import NotFound
from core.kept import Kept
from parties.models import Scheme, SchemeArea, SchemeKind


class NoScheme(NotFound):
    """The address names no scheme, and several are there to choose from."""

    def __init__(self) -> None:
        super().__init__("no_scheme", _("Please choose your city first."))


def _all(_key: None) -> tuple[Scheme, ...]:
    return tuple(Scheme.objects.all())


# A handful of rows that every request reads.
_schemes: Kept[None, tuple[Scheme, ...]] = Kept(_all, seconds=30)


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


def belongs_to(scheme: Scheme, area: str, *, on: date) -> bool:
    """Whether people insured in this area (platform's code, six digits) belong to the scheme on a day. One query."""
    prefixes = [area[:length] for length in range(2, len(area) + 1)]
    return SchemeArea.objects.filter(_on(on), scheme=scheme, area__in=prefixes).exists()


def scheme_of_area(area: str, *, kind: str, on: date) -> Scheme | None:
    """Of the schemes of one kind, the one that people insured in this area belong to on a day: never two (a guard of
    the table). One query."""
    prefixes = [area[:length] for length in range(2, len(area) + 1)]
    found = SchemeArea.objects.filter(_on(on), scheme__kind=kind, area__in=prefixes).select_related("scheme").first()
    return found.scheme if found else None


def _on(day: date) -> Q:
    """Rows of half-open dates that hold the day."""
    return Q(from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gt=day))
