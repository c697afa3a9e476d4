from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db.models import QuerySet

from core import guards
from core.signed import NoAnswer
from messaging import gateway, templates
from messaging.lifecycle import UNSENT_SMS_STATES, SmsState
from messaging.models import SmsMessage
from messaging.selectors import declines_prompts
from work.asked import asked
from work.writes import Sql, run, update_sql

log = structlog.get_logger(__name__)


def deliver_sms(*, sms_id: int, now: datetime) -> SmsState:
    """Hand one message to the gateway. May run any number of times: the gateway knows it by its message id.

    Whoever has declined prompts meanwhile gets none. Raises NoAnswer when the gateway gave no answer:
    the same id has to be sent again.
    """
    state, writes = hand_over(sms_id=sms_id, now=now)
    if writes:
        run(*writes)
    return state


def hand_over(*, sms_id: int, now: datetime) -> tuple[SmsState, list[Sql]]:
    """deliver_sms up to what is then to be written down, for who writes more in the same statement."""
    message = _message.first(pk=sms_id)
    if message is None:
        raise SmsMessage.DoesNotExist
    if message.state not in UNSENT_SMS_STATES:
        return SmsState(message.state), []
    if message.not_after is not None and message.not_after <= now:
        return _settle(message, SmsState.EXPIRED, now)
    if message.state == SmsState.QUEUED and _is_declined(message):
        return _settle(message, SmsState.DECLINED, now)
    try:
        # No transaction is open here: the gateway may take its time.
        reference = gateway.send(
            message_id=str(message.message_id),
            phone=message.to_phone,
            text=message.text,
            credentials=message.scheme.message_credentials if message.scheme else gateway.SMS.prefix,
        )
    except gateway.Refused as refusal:
        log.warning("sms.refused", sms_id=message.pk, template=message.template, code=refusal.code)
        return _settle(message, SmsState.REFUSED, now, refusal_code=refusal.code[:64])
    except NoAnswer:
        SmsMessage.objects.filter(pk=message.pk, state=SmsState.QUEUED).update(state=SmsState.UNKNOWN)
        raise
    return _settle(message, SmsState.SENT, now, gateway_reference=reference[:64])


@asked
def _message(pk: Any) -> QuerySet[SmsMessage]:
    return SmsMessage.objects.filter(pk=pk).select_related("scheme")


def _is_declined(message: SmsMessage) -> bool:
    template = templates.find(message.template)
    may_be = template is None or template.can_be_declined  # one that nobody knows any more is no code and no notice
    return may_be and guards.on("messaging.respect_opt_out") and declines_prompts(message.to_phone)


def _settle(message: SmsMessage, state: SmsState, now: datetime, **fields: Any) -> tuple[SmsState, list[Sql]]:
    if templates.is_secret(message.template):
        fields["text"] = ""
    # Guarded: of two deliveries at once the gateway executed one, and whoever is second here changes nothing.
    unsent = SmsMessage.objects.filter(pk=message.pk, state__in=UNSENT_SMS_STATES)
    return state, [update_sql(unsent, {"state": state, "settled_at": now, **fields})]
