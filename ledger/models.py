"""Accounts, transactions and their entries. The database keeps them balanced and unchanged: see migration 0002."""

from __future__ import annotations

from django.db import models


class Account(models.Model):
    """code: see ledger.chart. nature: asset, liability, income or expense."""

    code = models.CharField(max_length=80, unique=True)
    nature = models.CharField(max_length=12)

    def __str__(self) -> str:
        return self.code


class Transaction(models.Model):
    """One business event in money. (kind, reference) is unique: posting the same event again changes nothing."""

    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    narrative = models.CharField(max_length=200, blank=True)
    plan_year = models.CharField(max_length=32, blank=True)
    occurred_at = models.DateTimeField()
    reverses = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
    )
    lines_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "reference"], name="ledger_event_once")]
        indexes = [models.Index(fields=["occurred_at"], name="ledger_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Entry(models.Model):
    """amount_fen > 0 is a debit, < 0 a credit; the entries of a transaction sum to 0."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    amount_fen = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.CheckConstraint(condition=~models.Q(amount_fen=0), name="entry_is_not_zero")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount_fen}"
