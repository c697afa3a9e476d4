"""A refund: part or all of one payment, back the way it came."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.lifecycle import REFUND_LIFECYCLE, RefundState
from payments.models.money_account import MoneyAccount
from payments.models.payment import Payment
from work.audit import tracked
from work.models import LeasedModel, LifecycleEvent
from work.triggers import Plain, fixed, never_deleted

# The payment's row is locked first, so that two refunds entered at once are added up one after the other.
_WITHIN_PAYMENT = """
    PERFORM 1 FROM payments_payment WHERE id = NEW.payment_id FOR UPDATE;
    IF (SELECT coalesce(sum(r.amount_fen), 0) FROM payments_refund r
         WHERE r.payment_id = NEW.payment_id AND r.state <> 'REFUSED') + NEW.amount_fen
       > (SELECT p.amount_fen FROM payments_payment p
           WHERE p.id = NEW.payment_id AND p.state IN ('PAID', 'PART_REFUNDED'))
       OR NOT EXISTS (SELECT 1 FROM payments_payment p
           WHERE p.id = NEW.payment_id AND p.state IN ('PAID', 'PART_REFUNDED'))
    THEN
        RAISE EXCEPTION 'refunds of payment % would exceed what was paid', NEW.payment_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


@tracked
class Refund(LeasedModel):
    """number is the instruction number at the channel, as in Payment. account: the payment's.

    reason: a code, never a person's words.
    """

    number = models.CharField(max_length=32, unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    account = models.ForeignKey(
        MoneyAccount, on_delete=models.PROTECT, to_field="code", related_name="refunds", db_index=False
    )
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=80)
    state = models.CharField(max_length=20, choices=RefundState.choices, default=RefundState.REQUESTED)
    created_at = models.DateTimeField()
    request_sha256 = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    channel_refund_no = models.CharField(max_length=64, null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)
    outcome_code = models.CharField(max_length=64, blank=True)

    lifecycle = REFUND_LIFECYCLE
    scope_columns = {"scheme": "account__scheme"}

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_amount_is_positive"),
            models.UniqueConstraint(
                fields=["channel_refund_no", "account"],
                name="refund_channel_number_once",
                condition=Q(channel_refund_no__isnull=False),
            ),
            models.CheckConstraint(
                condition=~Q(state=RefundState.REFUNDED)
                | Q(channel_refund_no__isnull=False, refunded_at__isnull=False),
                name="done_refund_has_its_proof",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="refund_due", condition=Q(next_attempt_at__isnull=False)),
            # Finance's list, newest first. Partial: nearly every refund is done.
            models.Index(fields=["state", "id"], name="refunds_not_done", condition=~Q(state=RefundState.REFUNDED)),
            models.Index(fields=["reason", "id"], name="refunds_for_a_reason"),
        ]
        triggers = [
            *REFUND_LIFECYCLE.triggers(),
            Plain(
                name="refund_within_payment",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_WITHIN_PAYMENT,
            ),
            fixed("refund_obligation_is_fixed", "number", "payment", "account", "amount_fen", "reason", "created_at"),
            never_deleted("refund_is_kept"),
        ]

    def __str__(self) -> str:
        return self.number


class RefundEvent(LifecycleEvent):
    subject = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("refund event")
        verbose_name_plural = _("refund events")
