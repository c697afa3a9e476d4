"""What the portal holds about one person, gathered from the rooms that hold it (they register from above).

A room registers `section(user_id) -> dict`: plain JSON values, complete and readable. Source: PIPL 45.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.registry import Registry

rooms: Registry[Callable[[int], Any]] = Registry("part of my data")


def register(room: str, section: Callable[[int], Any]) -> None:
    rooms.register(room, section)


def sections(user_id: int) -> dict[str, Any]:
    return {room: section(user_id) for room, section in sorted(rooms.items())}
