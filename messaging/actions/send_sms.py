from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from core.identifiers import check_mobile
from messaging import templates
from messaging.models import SmsMessage
from messaging.segments import segments
from parties.models import Scheme
from work import outbox
from work.row_ids import new_row_id


def send_sms(
    *,
    phone: str,
    template: str,
    params: dict[str, Any],
    key: str,
    now: datetime,
    scheme: Scheme | None = None,
    not_after: datetime | None = None,
    beside: Sequence[models.Model] = (),
) -> None:
    """Write a message in the caller's transaction; its lane's workers deliver it after commit.

    key: names the occasion ("policy-issued:HMB-2027-0000001"); the second message of one key is none.
    scheme: who speaks: its signature as registered with the carriers, and its credentials at the gateway. Without one
    it is the portal itself, settings.MESSAGE_SIGNATURE. not_after: when it would come too late to be of use. beside: as
    in outbox.enqueue. Raises DomainError("mobile_format").
    """
    signature = scheme.message_signature if scheme is not None else settings.MESSAGE_SIGNATURE
    text = templates.render(template, params, signature=signature)
    message = SmsMessage(
        key=key,
        template=template,
        scheme=scheme,
        to_phone=check_mobile(phone),
        text=text,
        segments=segments(text),
        created_at=now,
        not_after=not_after,
    )
    message.pk = new_row_id()
    payload = {"sms_id": message.pk}
    outbox.enqueue(
        "sms.send", key=key, payload=payload, now=now, lane=templates.lane_of(template), beside=[*beside, message]
    )
