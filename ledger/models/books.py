"""Transactions and their entries, and the dimensions that say whose money an amount is."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actors import ScopeColumns
from ledger.kinds import name_of
from ledger.models.account import Account
from parties.models import Insurer, Scheme


class Transaction(models.Model):
    """One business event in money. (kind, reference) is unique: posting the same event again changes nothing.

    occurred_at: when we wrote it down. booking_date: the civil day (Asia/Shanghai) to which it counts, not later than
    that; a payment that a channel took before midnight counts to the day before. Both stand in each entry too.
    """

    kind = models.CharField(pgettext_lazy("ledger transaction", "kind"), max_length=40)
    reference = models.CharField(_("reference"), max_length=80)
    narrative = models.CharField(_("narrative"), max_length=200, blank=True)
    occurred_at = models.DateTimeField(_("written down"))
    booking_date = models.DateField(_("booking date"))
    reverses = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("reverses"),
    )
    lines_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")
        constraints = [models.UniqueConstraint(fields=["reference", "kind"], name="ledger_event_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def kind_name(self) -> str:
        """In the reader's language."""
        return name_of(self.kind)


class Dimensions(models.Model):
    """Whose money it is. plan_year and money_account are codes of rooms above this one; area: the platform's area code,
    six digits. "" (insurer: none) where an account does not ask for it."""

    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("scheme")
    )
    plan_year = models.CharField(_("plan year"), max_length=40, blank=True)
    insurer = models.ForeignKey(
        Insurer, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("insurer"),
    )  # fmt: skip
    area = models.CharField(_("area code"), max_length=6, blank=True)
    money_account = models.CharField(_("money account"), max_length=40, blank=True)
    booking_date = models.DateField(_("booking date"))

    scope_columns: ScopeColumns = {"scheme": "scheme", "insurer": "insurer", "area": "area"}

    class Meta:
        abstract = True


class Entry(Dimensions):
    """amount_fen > 0 is a debit, < 0 a credit; the entries of a transaction sum to 0 within each scheme.

    The table can be divided by booking_date: nothing refers to its rows, and only the key is unique.
    """

    partition_key = "booking_date"

    transaction = models.ForeignKey(
        Transaction, on_delete=models.PROTECT, related_name="entries", verbose_name=_("ledger transaction")
    )
    occurred_at = models.DateTimeField(_("written down"))
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_index=False, verbose_name=_("ledger account")
    )
    amount_fen = models.BigIntegerField(_("amount (fen)"))

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="entry_is_not_zero"),
            models.CheckConstraint(condition=Q(area__regex=r"^([0-9]{6})?$"), name="entry_area_is_a_code"),
        ]
        indexes = [
            models.Index(fields=["account", "scheme", "booking_date", "id"], name="ledger_statement"),
            # Rows are written in the order of time: a few bytes find those of a day, for a past moment's own day.
            BrinIndex(fields=["occurred_at"], autosummarize=True, name="ledger_entry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount_fen}"
