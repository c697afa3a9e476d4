"""A transfer: money out to a bank account, for one obligation of an outer room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parties.models import Insurer
from payments import channels
from payments.lifecycle import LIVE_TRANSFER_STATES, TRANSFER_LIFECYCLE, TransferState
from payments.models.money_account import MoneyAccount
from privacy.fields import EncryptedTextField
from work.audit import tracked
from work.models import LeasedModel, LifecycleEvent
from work.row_ids import RowId
from work.triggers import fixed, never_deleted


@tracked
class Transfer(LeasedModel):
    """number is the instruction number at the bank, as in Payment. narrative: what the payee's bank statement shows.
    insurer: who bears it, where that is known.

    A bounced or rejected transfer is never sent again: a person decides, and then a new transfer is made.
    """

    id = RowId()
    number = models.CharField(max_length=32, unique=True)
    purpose = models.CharField(max_length=64)
    purpose_ref = models.CharField(max_length=64)
    plan_year = models.CharField(max_length=32)
    insurer = models.ForeignKey(
        Insurer, on_delete=models.PROTECT, null=True, blank=True, related_name="transfers", verbose_name=_("insurer")
    )
    channel = models.CharField(max_length=20, choices=channels.transfer_choices)
    account = models.ForeignKey(
        MoneyAccount,
        on_delete=models.PROTECT,
        to_field="code",
        related_name="transfers",
        db_index=False,
        verbose_name=_("money account"),
    )
    amount_fen = models.BigIntegerField()
    payee_name = EncryptedTextField()
    account_no = EncryptedTextField()
    bank_code = models.CharField(max_length=40, blank=True)
    narrative = models.CharField(max_length=120)
    state = models.CharField(max_length=20, choices=TransferState.choices, default=TransferState.CREATED)
    created_at = models.DateTimeField()
    request_sha256 = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    bank_serial = models.CharField(max_length=64, null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    outcome_code = models.CharField(max_length=64, blank=True)
    # The bank's own words ("payee's account closed"): for staff and the payee, encrypted as they may quote a name.
    outcome_text = EncryptedTextField(blank=True, default="")

    lifecycle = TRANSFER_LIFECYCLE
    scope_columns = {"scheme": "account__scheme", "insurer": "insurer"}

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="transfer_amount_is_positive"),
            models.UniqueConstraint(
                fields=["purpose", "purpose_ref"],
                name="one_live_transfer_per_obligation",
                condition=Q(state__in=LIVE_TRANSFER_STATES),
            ),
            models.UniqueConstraint(
                fields=["bank_serial", "account"],
                name="transfer_bank_serial_once",
                condition=Q(bank_serial__isnull=False),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[TransferState.PAID, TransferState.BOUNCED])
                | Q(bank_serial__isnull=False, paid_at__isnull=False),
                name="paid_transfer_has_its_proof",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="transfer_due", condition=Q(next_attempt_at__isnull=False)),
            models.Index(fields=["purpose_ref", "purpose"], name="transfer_by_purpose"),
            # Finance's list, newest first. Partial: nearly every transfer arrives.
            models.Index(fields=["account", "id"], name="transfers_of_an_account"),
            models.Index(fields=["plan_year", "id"], name="transfers_of_a_year"),
            models.Index(fields=["state", "id"], name="transfers_not_paid", condition=~Q(state=TransferState.PAID)),
        ]
        triggers = [
            *TRANSFER_LIFECYCLE.triggers(),
            fixed(
                "transfer_obligation_is_fixed",
                "number",
                "purpose",
                "purpose_ref",
                "plan_year",
                "insurer",
                "channel",
                "account",
                "amount_fen",
                "bank_code",
                "narrative",
                "created_at",
            ),
            never_deleted("transfer_is_kept"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def failure_reason(self) -> str:
        """Why it did not arrive, in the bank's words; "" when it did."""
        return self.outcome_text or self.outcome_code


class TransferEvent(LifecycleEvent):
    subject = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("transfer event")
        verbose_name_plural = _("transfer events")
