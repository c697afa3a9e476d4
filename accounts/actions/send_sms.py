from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog

from accounts import sms, sms_templates
from accounts.lifecycle import UNSENT_SMS_STATES, SmsState
from accounts.models import SmsMessage
from core.identifiers import check_mobile
from work import outbox

log = structlog.get_logger(__name__)


def send_sms(
    *, phone: str, template: str, params: dict[str, Any], key: str, now: datetime, not_after: datetime | None = None
) -> SmsMessage:
    """Write a message in the caller's transaction; the outbox delivers it after commit.

    key: names the occasion ("policy-issued:HMB-2027-0000001"); the second message of one key is the first one.
    not_after: when it would come too late to be of use. Raises DomainError("mobile_format").
    """
    message, _created = SmsMessage.objects.get_or_create(
        key=key,
        defaults={
            "template": template,
            "to_phone": check_mobile(phone),
            "text": sms_templates.render(template, params),
            "created_at": now,
            "not_after": not_after,
        },
    )
    outbox.enqueue("sms.send", key=key, payload={"sms_id": message.pk}, now=now)
    return message


def deliver_sms(*, sms_id: int, now: datetime) -> SmsState:
    """Hand one message to the gateway. May run any number of times: the gateway knows it by its message id.

    Raises sms.OutcomeUnknown when the gateway gave no answer: the same id has to be sent again.
    """
    message = SmsMessage.objects.get(pk=sms_id)
    if message.state not in UNSENT_SMS_STATES:
        return SmsState(message.state)
    if message.not_after is not None and message.not_after <= now:
        return _settle(message, SmsState.EXPIRED, now)
    try:
        # No transaction is open here: the gateway may take its time.
        reference = sms.gateway().send(message_id=str(message.message_id), phone=message.to_phone, text=message.text)
    except sms.Refused as refusal:
        log.warning("sms.refused", sms_id=message.pk, template=message.template, code=refusal.code)
        return _settle(message, SmsState.REFUSED, now, refusal_code=refusal.code[:64])
    except sms.OutcomeUnknown:
        SmsMessage.objects.filter(pk=message.pk, state=SmsState.QUEUED).update(state=SmsState.UNKNOWN)
        raise
    return _settle(message, SmsState.SENT, now, gateway_reference=reference[:64])


def _settle(message: SmsMessage, state: SmsState, now: datetime, **fields: Any) -> SmsState:
    if sms_templates.is_secret(message.template):
        fields["text"] = ""
    # Guarded: of two deliveries at once the gateway executed one, and whoever is second here changes nothing.
    SmsMessage.objects.filter(pk=message.pk, state__in=UNSENT_SMS_STATES).update(state=state, settled_at=now, **fields)
    return state
