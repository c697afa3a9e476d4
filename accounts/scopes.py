"""Within what a role is held: {dimension: codes}, as a line of text for the row that holds it, and in words for people.

The line is canonical ("insurer=dahe insurer=xiaoshan scheme=smx"): equal scopes are equal lines. "" is everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from accounts.roles import NARROWED_IN, Dimension
from core.errors import DomainError
from parties.models import Institution, Insurer, Organisation, Scheme

Scope = Mapping[str, frozenset[str]]

# What a code of a dimension is the key of; an area is a code of its own.
PARTIES: dict[Dimension, type[Scheme | Insurer | Organisation | Institution]] = {
    Dimension.SCHEME: Scheme,
    Dimension.INSURER: Insurer,
    Dimension.ORGANISATION: Organisation,
    Dimension.INSTITUTION: Institution,
}
AREA_PATTERN = r"^[0-9]{2,6}$"
LONGEST = 2000


def written(scope: Mapping[str, Iterable[str]]) -> str:
    return " ".join(sorted({f"{dimension}={code}" for dimension, codes in scope.items() for code in codes}))


def read(line: str) -> Scope:
    found: dict[str, set[str]] = {}
    for word in line.split():
        dimension, _equals, code = word.partition("=")
        found.setdefault(dimension, set()).add(code)
    return {dimension: frozenset(codes) for dimension, codes in found.items()}


def checked(role: str, wanted: Mapping[str, Iterable[str]]) -> Scope:
    """Without empty dimensions. Raises DomainError, each at the dimension's field: scope_unfit when the role is not
    narrowed in it, scope_unknown for a code that stands for nothing here, scope_too_long.
    """
    scope = {str(dimension): frozenset(codes) for dimension, codes in wanted.items() if codes}
    for dimension, codes in scope.items():
        if dimension not in NARROWED_IN.get(role, frozenset()):
            raise DomainError(
                "scope_unfit",
                _("This role is not narrowed in this way: nothing would be left of it. Please leave it empty."),
                field=dimension,
            )
        if unknown := sorted(_unknown(Dimension(dimension), codes)):
            raise DomainError(
                "scope_unknown",
                _("These codes are not known here: %(codes)s."),
                field=dimension,
                codes=", ".join(unknown),
            )
    if len(written(scope)) > LONGEST:
        raise DomainError("scope_too_long", _("These are too many. Please give the role in several parts."))
    return scope


def _unknown(dimension: Dimension, codes: frozenset[str]) -> set[str]:
    if dimension == Dimension.AREA:
        return {code for code in codes if not re.fullmatch(AREA_PATTERN, code)}
    return set(codes) - set(PARTIES[dimension].objects.filter(pk__in=codes).values_list("pk", flat=True))
