"""What the outbox calls in this room."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from messaging.actions.deliver_sms import deliver_sms
from work import outbox


@outbox.handler("sms.send")
def send(payload: dict[str, Any], *, key: str, now: datetime) -> None:
    deliver_sms(sms_id=payload["sms_id"], now=now)
