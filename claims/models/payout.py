"""Paying once more after the bank sent the money back: one person proposes the new account, another confirms it."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims.models.claim import Claim
from claims.models.payee import ClaimPayee, Payout
from work.audit import tracked
from work.triggers import fixed, never_deleted, refuse

PROPOSED = ("claim", "payout", "payee", "failed_transfer", "amount_fen", "payee_digest", "account_tail", "proposed_by")


@tracked
class PayoutProposal(models.Model):
    """payee, payee_digest: the account, and the keyed digest of name, number and bank that both looked at.
    failed_transfer: what came back.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payout_proposals")
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="proposals")
    payee = models.ForeignKey(ClaimPayee, models.PROTECT, related_name="+")
    failed_transfer = models.CharField(max_length=32)
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    payee_digest = models.CharField(max_length=64)
    account_tail = models.CharField(_("last four digits"), max_length=4)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("proposed payout")
        verbose_name_plural = _("proposed payouts")
        ordering = ["pk"]
        constraints = [
            # A2: maker and checker are two persons, whatever the code above says.
            models.CheckConstraint(
                name="payout_maker_is_not_checker",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="payout_confirmed_whole",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payout_confirmed_or_dropped", condition=Q(confirmed_at__isnull=True) | Q(dropped_at__isnull=True)
            ),
            models.CheckConstraint(name="payout_amount_is_positive", condition=Q(amount_fen__gt=0)),
            models.UniqueConstraint(
                name="one_open_payout_proposal",
                fields=["claim"],
                condition=Q(confirmed_at__isnull=True, dropped_at__isnull=True),
            ),
            # What came back once is paid again once.
            models.UniqueConstraint(
                name="one_payout_per_return", fields=["failed_transfer"], condition=Q(confirmed_at__isnull=False)
            ),
        ]
        triggers = [
            fixed("payout_proposal_fixed", *PROPOSED),
            refuse(
                "payout_confirmation_fixed",
                pgtrigger.Update,
                when=pgtrigger.Condition('OLD."confirmed_at" IS NOT NULL OR OLD."dropped_at" IS NOT NULL'),
            ),
            refuse(
                "payout_proposal_starts_open",
                pgtrigger.Insert,
                when=pgtrigger.Condition('NEW."confirmed_at" IS NOT NULL'),
            ),
            never_deleted("payout_proposal_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.failed_transfer}"
