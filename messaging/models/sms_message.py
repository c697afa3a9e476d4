from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.identifiers import mask_mobile
from messaging.lifecycle import SMS_LIFECYCLE, SmsState
from parties.models import Scheme
from privacy.fields import EncryptedTextField
from work.row_ids import RowId


class SmsMessage(models.Model):
    """One text message. The outbox and the broker carry its id only; number and text are encrypted here.

    No event rows: a city sends millions of these, and the row's own times tell all that happens to it.
    """

    REVEALABLE_FIELDS = {"to_phone": mask_mobile}

    lifecycle = SMS_LIFECYCLE
    scope_columns = {"scheme": "scheme"}

    id = RowId()
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True)
    # Whose message it is; empty where no scheme was chosen yet. Not searched for, so without an index.
    scheme = models.ForeignKey(
        Scheme, models.PROTECT, null=True, blank=True, db_index=False, related_name="+", verbose_name=_("scheme")
    )
    template = models.CharField(_("kind of message"), max_length=64)
    to_phone = EncryptedTextField(_("mobile number"))
    # Emptied once a sign-in code is out: nobody needs to read it here afterwards.
    text = EncryptedTextField(_("text"), blank=True)
    # What the gateway bills; kept, since the text may be gone.
    segments = models.PositiveSmallIntegerField(_("segments"))
    state = models.CharField(_("state"), max_length=16, choices=SmsState.choices, default=SmsState.QUEUED)
    created_at = models.DateTimeField(_("written"))
    not_after = models.DateTimeField(_("useless after"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled on"), null=True, blank=True)
    gateway_reference = models.CharField(_("gateway's number"), max_length=64, blank=True)
    refusal_code = models.CharField(_("refusal"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["template", "id"], name="sms_of_a_template"),
            # Partial: nearly all are sent.
            models.Index(fields=["state", "id"], name="sms_not_sent", condition=~models.Q(state=SmsState.SENT)),
        ]
        triggers = SMS_LIFECYCLE.triggers()

    def __str__(self) -> str:
        return f"{self.template} {self.message_id}"
