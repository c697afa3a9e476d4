"""What a reviewer finds about a fact on which the payment hangs, and what the platform told of before the cover."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims.models.bill import ClaimBill
from claims.models.claim import Claim
from privacy.fields import EncryptedJSONField, EncryptedTextField
from work.models import AppendOnly
from work.row_ids import RowId
from work.triggers import Plain


class FactFinding(AppendOnly):
    """One fact as a reviewer found it, with the reason; the last one counts. Nothing is taken back: who was wrong finds
    anew.

    fact: its name in claims.facts. bill: None where it is about the person. line: place of a fee line in the bill, from
    0. value: as the fact's kind of finding reads it; null: what the source says counts again.
    """

    id = RowId()
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="fact_findings")
    bill = models.ForeignKey(ClaimBill, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    line = models.PositiveSmallIntegerField(null=True, blank=True)
    fact = models.CharField(_("fact"), max_length=80)
    value = EncryptedJSONField(_("what was found"), null=True)
    reason = EncryptedTextField(_("reason"))
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    found_at = models.DateTimeField(_("found"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="a_line_is_of_a_bill", condition=Q(line__isnull=True) | Q(bill__isnull=False)),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            Plain(
                name="found_while_reviewed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT state FROM claims_claim WHERE id = NEW.claim_id) IS DISTINCT FROM 'UNDER_REVIEW' THEN
                        RAISE EXCEPTION 'found_while_reviewed: facts are settled while a claim is reviewed';
                    END IF;
                    IF NEW.reason = '' THEN
                        RAISE EXCEPTION 'found_while_reviewed: a finding has its reason';
                    END IF;
                    IF NEW.bill_id IS NOT NULL AND NOT EXISTS (
                        SELECT 1 FROM claims_claimbill WHERE id = NEW.bill_id AND claim_id = NEW.claim_id
                    ) THEN
                        RAISE EXCEPTION 'found_while_reviewed: the bill is of another claim';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.fact}"


class PlatformHistory(AppendOnly):
    """The diagnoses that the platform (5201, 5202) has of the insured in [from_on, to_on), before the cover began.

    diagnoses: [[ICD-10 code, "2024-05-01"], …], the day the visit began. An empty list is the platform's own "none".
    """

    id = RowId()
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="platform_history")
    from_on = models.DateField()
    to_on = models.DateField()
    diagnoses = EncryptedJSONField(_("diagnoses before the cover"), default=list)
    asked_at = models.DateTimeField(_("asked"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("history told by the platform")
        verbose_name_plural = _("histories told by the platform")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="history_lasts", condition=Q(from_on__lt=F("to_on")))]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.from_on}"
