"""What the portal holds about one person, gathered from the rooms that hold it (they register from above). PIPL 45."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class Part:
    """section(user_id): plain JSON values, complete and readable. title: what it is, for the page. route: where a
    person sees it on pages; "" where it has none of its own.
    """

    section: Callable[[int], Any]
    title: str | Promise
    route: str = ""


parts: Registry[Part] = Registry("part of my data")


def sections(user_id: int) -> dict[str, Any]:
    return {room: part.section(user_id) for room, part in sorted(parts.items())}
