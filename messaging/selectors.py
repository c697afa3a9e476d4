"""Read models of this room."""

from __future__ import annotations

from messaging.models import OptOut


def declines_prompts(phone: str) -> bool:
    """phone: as core.identifiers.check_mobile returns it."""
    return OptOut.objects.filter(phone_index=OptOut.index_of(phone), ended_at=None).exists()
