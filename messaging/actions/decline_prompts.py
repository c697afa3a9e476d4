from __future__ import annotations

from datetime import datetime

from core.identifiers import check_mobile
from messaging.models import OptOut


def decline_prompts(*, phone: str, way: OptOut.Way, now: datetime) -> None:
    """No more prompts to this number, from the next one on; codes and notices still go out.

    Said a second time it is no news. Raises DomainError("mobile_format"). Source: PIPL 24, Advertising Law 43.
    """
    said = OptOut(phone_index=OptOut.index_of(check_mobile(phone)), since=now, way=way)
    OptOut.objects.bulk_create([said], ignore_conflicts=True)


def allow_prompts(*, phone: str, now: datetime) -> None:
    """She wants them again."""
    OptOut.objects.filter(phone_index=OptOut.index_of(check_mobile(phone)), ended_at=None).update(ended_at=now)
