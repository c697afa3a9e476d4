"""What is paid and why, made by one person and approved by another; and the insured's running year."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims.models.bill import ClaimBill
from claims.models.claim import Claim
from privacy.fields import EncryptedJSONField
from work.audit import tracked
from work.models import AppendOnly
from work.row_ids import RowId
from work.triggers import Plain, fixed, never_deleted, refuse


@tracked
class YearAccount(models.Model):
    """Deductibles, bands and caps used so far under one policy. Locked while a claim of the policy is approved.

    year_so_far: benefits.YearSoFar as JSON. version rises with every approved decision.
    """

    policy = models.OneToOneField("enrollment.Policy", models.PROTECT, related_name="year_account")
    version = models.PositiveIntegerField(default=0)
    year_so_far = models.JSONField(default=dict)
    paid_fen = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("insurance year of a person")
        verbose_name_plural = _("insurance years of people")

    def __str__(self) -> str:
        return f"{self.policy_id} v{self.version}"


COMPUTED = (
    "claim",
    "version",
    "payable_fen",
    "plan_name",
    "plan_sha256",
    "year_version",
    "year_before",
    "year_after",
    "proposed_by",
    "proposed_at",
)


def _adds_up(name: str, decision: str) -> Plain:
    """At the end of the transaction what is payable is the sum of what each bill gives, to the fen."""
    return Plain(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func="""
            IF (SELECT payable_fen FROM claims_decision WHERE id = $DECISION) IS DISTINCT FROM
               (SELECT sum(payable_fen) FROM claims_computedbill WHERE decision_id = $DECISION) THEN
                RAISE EXCEPTION 'decision_adds_up: the bills of a decision do not sum to what it pays';
            END IF;
            RETURN NULL;
        """.replace("$DECISION", decision),
    )


@tracked
class Decision(models.Model):
    """payable_fen: the sum over the claim's bills (ComputedBill). plan_sha256: the exact terms it ran on.

    year_version: the account's version it was computed on; approval recomputes and refuses when the year moved on.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="decisions", db_index=False)
    version = models.PositiveSmallIntegerField()
    payable_fen = models.BigIntegerField(_("payable (fen)"))
    plan_name = models.CharField(max_length=100)
    plan_sha256 = models.CharField(max_length=64)
    year_version = models.PositiveIntegerField()
    year_before = models.JSONField()
    year_after = models.JSONField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    proposed_at = models.DateTimeField()
    note = models.TextField(_("note"), blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(name="decision_version", fields=["claim", "version"]),
            models.UniqueConstraint(
                name="one_live_decision_per_claim", fields=["claim"], condition=Q(superseded_at__isnull=True)
            ),
            # A2: maker and checker are two persons, whatever the code above says.
            models.CheckConstraint(
                name="decision_maker_is_not_checker",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="decision_approved_whole",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="approved_decision_stays", condition=Q(approved_at__isnull=True) | Q(superseded_at__isnull=True)
            ),
            models.CheckConstraint(name="decision_pays_nothing_negative", condition=Q(payable_fen__gte=0)),
        ]
        triggers = [
            fixed("decision_figures_fixed", *COMPUTED),
            # An approval is given once; nobody takes it back or puts another name under it.
            refuse(
                "decision_approval_fixed",
                pgtrigger.Update,
                when=pgtrigger.Condition(
                    'OLD."approved_at" IS NOT NULL AND (OLD."approved_at" IS DISTINCT FROM NEW."approved_at"'
                    ' OR OLD."approved_by_id" IS DISTINCT FROM NEW."approved_by_id")'
                ),
            ),
            never_deleted("decision_kept"),
            _adds_up("decision_adds_up", "NEW.id"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} v{self.version}"


class ComputedBill(AppendOnly):
    """What one bill gives, computed on the year as the bills before it left it.

    computation: benefits.Decision as JSON, its trace in both languages. facts: what it stands on, by name: value,
    source, day (claims.facts.sealed).
    """

    id = RowId()
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="bills", db_index=False)
    bill = models.ForeignKey(ClaimBill, models.PROTECT, related_name="computations", db_index=False)
    payable_fen = models.BigIntegerField(_("payable (fen)"))
    computation = models.JSONField()
    facts = EncryptedJSONField(_("facts"), null=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("computed bill")
        verbose_name_plural = _("computed bills")
        ordering = ["decision_id", "pk"]
        constraints = [
            models.UniqueConstraint(name="a_bill_counts_once", fields=["decision", "bill"]),
            models.CheckConstraint(name="computed_bill_not_negative", condition=Q(payable_fen__gte=0)),
        ]
        triggers = [*getattr(AppendOnly.Meta, "triggers", []), _adds_up("computed_bill_adds_up", "NEW.decision_id")]

    def __str__(self) -> str:
        return f"{self.decision_id}/{self.bill_id}"
