"""What a fee line is, for the exclusions of a plan: marked by the scheme's lists of costs that are not paid for.

The list of the day on which the service was given decides. Source: Shuozhou 四(二), ten classes; S 三(三), Art. 30.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from products.models import ListItem, ListKind, ListVersion
from products.plan_lists import published


class _Mark(NamedTuple):
    tag: str
    limit_price_fen: int | None


# ("code", …), ("category", …) or ("name", …) of what is marked.
_Key = tuple[str, str]


class UnitPriceUnknown(DomainError):
    """Whether the line is above its limit cannot be told; a person looks at the paper."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "unit_price_unknown", _("The price of one %(name)s is not known; it has a limit."), status=409, name=name
        )


def tags_of(
    scheme: str, day: date, *, code: str, name: str, category: str, unit_price: Decimal | None
) -> frozenset[str]:
    """The marks of a fee line on a day. scheme: its code; code, name: as in the national catalogue; category: a word of
    products.models.FeeCategory or ""; unit_price in yuan, None where it is not known. Raises unit_price_unknown."""
    return frozenset(said_by(scheme, day, code=code, name=name, category=category, unit_price=unit_price))


def said_by(
    scheme: str, day: date, *, code: str, name: str, category: str, unit_price: Decimal | None
) -> dict[str, ListVersion]:
    """`tags_of` with the version of the list that says so: its source and first day. No query once the lists were
    read."""
    line = _found_by(code=code, name=name, category=category)
    return {mark.tag: version for mark, version in _marked(scheme, day, line, name, unit_price)}


def ceilings_of(
    scheme: str, day: date, *, code: str, name: str, category: str, unit_price: Decimal | None
) -> dict[str, int]:
    """For the tags that a line carries only because one of it costs more than a highest price: that price in fen. What
    lies above it is what the tag means (Shuozhou 四(二)8). Raises unit_price_unknown."""
    line = _found_by(code=code, name=name, category=category)
    marked = [mark for mark, _version in _marked(scheme, day, line, name, unit_price)]
    whole = {mark.tag for mark in marked if mark.limit_price_fen is None}
    return {
        mark.tag: mark.limit_price_fen for mark in marked if mark.limit_price_fen is not None and mark.tag not in whole
    }


def _found_by(*, code: str, name: str, category: str) -> tuple[_Key, ...]:
    keys = (("code", code), ("category", category), ("name", name.strip()))
    return tuple(key for key in keys if key[1])


def _marked(
    scheme: str, day: date, line: tuple[_Key, ...], name: str, unit_price: Decimal | None
) -> Iterator[tuple[_Mark, ListVersion]]:
    for version in _in_force(scheme, day):
        marks = _marks(version.pk, version.sha256)
        for mark in (mark for key in line for mark in marks.get(key, ())):
            if mark.limit_price_fen is not None:
                if unit_price is None:
                    raise UnitPriceUnknown(name)
                if unit_price * 100 <= mark.limit_price_fen:
                    continue
            yield mark, version


def tags_listed(scheme: str, day: date) -> frozenset[str]:
    """Every mark that the scheme's lists can give on a day: what a plan's exclusions may ask for."""
    return frozenset(
        mark.tag
        for version in _in_force(scheme, day)
        for marks in _marks(version.pk, version.sha256).values()
        for mark in marks
    )


def _in_force(scheme: str, day: date) -> Iterator[ListVersion]:
    newest = {one.filed_list_id: one for one in published(scheme) if one.from_on <= day}
    return (one for one in newest.values() if one.filed_list.kind == ListKind.EXCLUDED)


@lru_cache(maxsize=256)
def _marks(version: int, sha256: str) -> dict[_Key, tuple[_Mark, ...]]:
    """sha256 belongs to the key: a version of another database (in tests) is another one."""
    found: dict[_Key, list[_Mark]] = {}
    for item in ListItem.objects.filter(version=version).select_related("version__filed_list"):
        key = (
            ("code", item.code) if item.code else ("category", item.category) if item.category else ("name", item.name)
        )
        mark = _Mark(item.tag or item.version.filed_list.key, item.limit_price_fen)
        found.setdefault(key, []).append(mark)
    return {key: tuple(marks) for key, marks in found.items()}
