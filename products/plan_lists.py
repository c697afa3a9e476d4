"""The filed lists by which a scheme's bills are computed, as residents read them and as the rules take them.

A published version never changes and begins after the day on which it became known, so what is read once is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from benefits import Listed
from core.kept import Kept
from products.models import ListItem, ListVersion


def digest(items: Iterable[ListItem]) -> str:
    """Over what the items say, in their order."""
    said = [
        [
            item.code,
            item.name,
            item.brand_name,
            item.specification,
            item.indication,
            item.limit_price_fen,
            item.category,
            item.tag,
        ]
        for item in items
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _published(scheme: str) -> tuple[ListVersion, ...]:
    versions = ListVersion.objects.filter(filed_list__scheme=scheme, published_at__isnull=False)
    return tuple(versions.select_related("filed_list").order_by("from_on", "pk"))


# Which versions there are; a new one begins tomorrow at the earliest, long after every process has seen it.
_kept: Kept[str, tuple[ListVersion, ...]] = Kept(_published, seconds=60)


def published(scheme: str) -> tuple[ListVersion, ...]:
    """Every published version of a scheme's lists (by the scheme's code), oldest first, each with its list."""
    return _kept(scheme)


@lru_cache(maxsize=256)
def _listed(version: int, sha256: str) -> Listed:
    """sha256 belongs to the key: a version of another database (in tests) is another one."""
    items = ListItem.objects.filter(version=version).values_list("code", "name")
    return Listed(
        codes=frozenset(code for code, _name in items if code), names=frozenset(name for _code, name in items)
    )


def dated_lists(scheme: str) -> dict[str, tuple[tuple[date, str, Listed], ...]]:
    """By key, every published version of a scheme's lists: (first day, digest, what is on it), oldest first."""
    found: dict[str, list[tuple[date, str, Listed]]] = {}
    for version in published(scheme):
        listed = _listed(version.pk, version.sha256)
        found.setdefault(version.filed_list.key, []).append((version.from_on, version.sha256, listed))
    return {key: tuple(versions) for key, versions in found.items()}
