"""What the outbox calls in this room."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from messaging.actions.deliver_sms import hand_over
from work import outbox
from work.writes import Sql


@outbox.handler("sms.send")
def send(payload: dict[str, Any], *, key: str, now: datetime) -> list[Sql]:
    _state, writes = hand_over(sms_id=payload["sms_id"], now=now)
    return writes
