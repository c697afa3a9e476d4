"""States of what this room sends."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from work.lifecycle import Lifecycle


class SmsState(models.TextChoices):
    QUEUED = "QUEUED", _("waiting")
    UNKNOWN = "UNKNOWN", _("not known yet")
    SENT = "SENT", _("sent")
    REFUSED = "REFUSED", _("refused by the gateway")
    EXPIRED = "EXPIRED", _("not sent in time")
    DECLINED = "DECLINED", _("not sent, as the person asked")


# UNKNOWN: the gateway did not answer. It knows a message by its id, so the same id is sent again until it answers.
SMS_LIFECYCLE = Lifecycle(
    name="sms",
    states=SmsState,
    initial=SmsState.QUEUED,
    edges={
        (SmsState.QUEUED, SmsState.SENT): "sms.sent",
        (SmsState.QUEUED, SmsState.UNKNOWN): "sms.unknown",
        (SmsState.QUEUED, SmsState.REFUSED): "sms.refused",
        (SmsState.QUEUED, SmsState.EXPIRED): "sms.expired",
        (SmsState.QUEUED, SmsState.DECLINED): "sms.declined",
        (SmsState.UNKNOWN, SmsState.SENT): "sms.sent",
        (SmsState.UNKNOWN, SmsState.REFUSED): "sms.refused",
        (SmsState.UNKNOWN, SmsState.EXPIRED): "sms.expired",
    },
)
UNSENT_SMS_STATES = frozenset({SmsState.QUEUED, SmsState.UNKNOWN})
