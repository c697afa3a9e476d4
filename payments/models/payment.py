"""A payment: the intent to take a sum for one purpose through one channel, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments import channels
from payments.lifecycle import OPEN_PAYMENT_STATES, PAYMENT_LIFECYCLE, TAKEN_PAYMENT_STATES, PaymentState
from payments.models.money_account import MoneyAccount
from privacy.fields import EncryptedJSONField
from work.audit import tracked
from work.models import LeasedModel, LifecycleEvent
from work.row_ids import RowId
from work.triggers import fixed, never_deleted


@tracked
class Payment(LeasedModel):
    """number is the instruction number at the channel; it never changes and is never replaced by another.

    details: what the channel needs about people (psn_no, relations), encrypted. request_sha256: digest of the bytes
    sent, so that a repetition can be shown to be the same request. payable_until: what the channel was told; close_at:
    from when we close it if nobody has paid, earlier when the order is given up. covered: the purpose accepted the
    money (False: it came without a cover to apply it to and is refunded; None: nothing came yet).
    """

    id = RowId()
    number = models.CharField(max_length=32, unique=True)
    purpose = models.CharField(max_length=64)
    purpose_ref = models.CharField(max_length=64)
    plan_year = models.CharField(max_length=32)
    channel = models.CharField(max_length=20, choices=channels.payment_choices)
    account = models.ForeignKey(
        MoneyAccount,
        on_delete=models.PROTECT,
        to_field="code",
        related_name="payments",
        db_index=False,
        verbose_name=_("money account"),
    )
    amount_fen = models.BigIntegerField()
    payer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="payments"
    )
    subject = models.CharField(max_length=120)
    details = EncryptedJSONField(default=dict)
    state = models.CharField(max_length=20, choices=PaymentState.choices, default=PaymentState.CREATED)
    created_at = models.DateTimeField()
    payable_until = models.DateTimeField()
    close_at = models.DateTimeField()
    request_sha256 = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    cashier_url = models.CharField(max_length=500, blank=True)
    cashier_expires_at = models.DateTimeField(null=True, blank=True)
    channel_transaction_no = models.CharField(max_length=64, null=True, blank=True)
    channel_paid_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    covered = models.BooleanField(null=True, blank=True)
    outcome_code = models.CharField(max_length=64, blank=True)

    lifecycle = PAYMENT_LIFECYCLE
    scope_columns = {"scheme": "account__scheme"}

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_amount_is_positive"),
            models.UniqueConstraint(
                fields=["channel_transaction_no", "account"],
                name="payment_channel_transaction_once",
                condition=Q(channel_transaction_no__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["purpose", "purpose_ref"],
                name="one_open_payment_per_obligation",
                condition=Q(state__in=OPEN_PAYMENT_STATES),
            ),
            # Late money must be recordable beside the payment that did buy the cover, so this is not about PAID.
            models.UniqueConstraint(
                fields=["purpose", "purpose_ref"],
                name="one_covering_payment_per_obligation",
                condition=Q(covered=True),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=TAKEN_PAYMENT_STATES)
                | Q(channel_transaction_no__isnull=False, paid_at__isnull=False, covered__isnull=False),
                name="paid_payment_has_its_proof",
            ),
        ]
        indexes = [
            # Partial: only the sweeper reads rows that are due.
            models.Index(fields=["next_attempt_at"], name="payment_due", condition=Q(next_attempt_at__isnull=False)),
            models.Index(fields=["purpose_ref", "purpose"], name="payment_by_purpose"),
            # Finance's list, newest first. Partial: nearly every payment is paid.
            models.Index(fields=["account", "id"], name="payments_of_an_account"),
            models.Index(fields=["plan_year", "id"], name="payments_of_a_year"),
            models.Index(fields=["state", "id"], name="payments_not_paid", condition=~Q(state=PaymentState.PAID)),
        ]
        triggers = [
            *PAYMENT_LIFECYCLE.triggers(),
            fixed(
                "payment_obligation_is_fixed",
                "number",
                "purpose",
                "purpose_ref",
                "plan_year",
                "channel",
                "account",
                "amount_fen",
                "payer",
                "created_at",
                "payable_until",
            ),
            never_deleted("payment_is_kept"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_taken(self) -> bool:
        """The channel took the money, whatever happened to it afterwards."""
        return self.state in TAKEN_PAYMENT_STATES


class PaymentEvent(LifecycleEvent):
    subject = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("payment event")
        verbose_name_plural = _("payment events")
