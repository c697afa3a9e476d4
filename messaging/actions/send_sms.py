from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from core.identifiers import check_mobile
from messaging import templates
from messaging.models import SmsMessage
from messaging.segments import segments
from work import outbox


def send_sms(
    *,
    phone: str,
    template: str,
    params: dict[str, Any],
    key: str,
    now: datetime,
    signature: str = "",
    not_after: datetime | None = None,
) -> SmsMessage:
    """Write a message in the caller's transaction; its lane's workers deliver it after commit.

    key: names the occasion ("policy-issued:HMB-2027-0000001"); the second message of one key is the first one.
    signature: who speaks, as registered with the carriers; without one, settings.MESSAGE_SIGNATURE.
    not_after: when it would come too late to be of use. Raises DomainError("mobile_format").
    """
    text = templates.render(template, params, signature=signature or settings.MESSAGE_SIGNATURE)
    message, _created = SmsMessage.objects.get_or_create(
        key=key,
        defaults={
            "template": template,
            "to_phone": check_mobile(phone),
            "text": text,
            "segments": segments(text),
            "created_at": now,
            "not_after": not_after,
        },
    )
    outbox.enqueue("sms.send", key=key, payload={"sms_id": message.pk}, now=now, lane=templates.lane_of(template))
    return message
