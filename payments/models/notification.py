"""The inbox: what a channel told us of its own accord, kept as it came, processed later under lock."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments import channels
from payments.lifecycle import NOTIFICATION_LIFECYCLE, NotificationState
from payments.models.money_account import MoneyAccount
from payments.models.payment import Payment
from payments.models.refund import Refund
from privacy.fields import EncryptedTextField
from work.audit import tracked
from work.models import LeasedModel, LifecycleEvent
from work.row_ids import RowId
from work.triggers import fixed, never_deleted


@tracked
class Notification(LeasedModel):
    """Only messages whose signature and time were good get here. body: as received, encrypted (it names the payer).

    refusal_code says why an authentic message was not acted upon (REFUSED); a person looks at every one of those.
    """

    id = RowId()
    channel = models.CharField(max_length=20, choices=channels.payment_choices)
    account = models.ForeignKey(
        MoneyAccount,
        on_delete=models.PROTECT,
        to_field="code",
        related_name="notifications",
        db_index=False,
        verbose_name=_("money account"),
    )
    notification_id = models.CharField(max_length=80)
    event_type = models.CharField(max_length=64)
    body = EncryptedTextField()
    signed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=NotificationState.choices, default=NotificationState.RECEIVED)
    refusal_code = models.CharField(max_length=64, blank=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="notifications")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="notifications")

    lifecycle = NOTIFICATION_LIFECYCLE
    scope_columns = {"scheme": "account__scheme"}

    class Meta:
        verbose_name = _("channel notification")
        verbose_name_plural = _("channel notifications")
        constraints = [
            models.UniqueConstraint(fields=["notification_id", "channel"], name="notification_once"),
            models.CheckConstraint(
                condition=~Q(state=NotificationState.REFUSED) | ~Q(refusal_code=""),
                name="refused_notification_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="notification_due", condition=Q(next_attempt_at__isnull=False)
            ),
            # Partial: nearly all are carried out.
            models.Index(
                fields=["state", "id"], name="notifications_not_done", condition=~Q(state=NotificationState.PROCESSED)
            ),
        ]
        triggers = [
            *NOTIFICATION_LIFECYCLE.triggers(),
            fixed(
                "notification_is_as_received",
                "channel",
                "account",
                "notification_id",
                "event_type",
                "signed_at",
                "received_at",
            ),
            never_deleted("notification_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.notification_id}"


class NotificationEvent(LifecycleEvent):
    subject = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("notification event")
        verbose_name_plural = _("notification events")
