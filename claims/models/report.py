"""What somebody told the desk of a claim that does not come by the site (C2)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.models.claim import Claim, ClaimWay
from core.actors import ScopeColumns
from parties.models import Insurer
from privacy.fields import EncryptedTextField
from work.row_ids import RowId
from work.triggers import Plain, never_deleted, refuse

WRITTEN_ONCE = (
    "policy",
    "insurer",
    "way",
    "reported_by",
    "contact",
    "what_happened",
    "began_on",
    "taken_by",
    "taken_at",
)
# The site has no desk: there she files herself.
WAYS = [(str(way), way.label) for way in ClaimWay if way != ClaimWay.RESIDENT]


# What comes of it, once: a claim, or nothing.
_OUTCOME = "'{claim_id,closed_at,closed_by_id,closed_because}'::text[]"


def _written_once() -> Plain:
    """As `fixed`, which cannot compare encrypted columns. What comes of it is written beside it, once."""
    guard = refuse(
        "claim_report_written_once",
        pgtrigger.Update,
        when=pgtrigger.Condition(
            f"to_jsonb(OLD) - {_OUTCOME} IS DISTINCT FROM to_jsonb(NEW) - {_OUTCOME}"
            " OR OLD.claim_id IS NOT NULL OR OLD.closed_at IS NOT NULL"
        ),
        because="a report is written once",
    )
    guard.fixed = WRITTEN_ONCE
    return guard


class ClaimReport(models.Model):
    """Written before anybody looks for her stays, so that it is on record who looked, and why.

    began_on: the treatment; the policy is one that was in force then. insurer: leads in her area that day, and so
    answers for it. contact: the telephone of who reported it. claim: what came of it; or it was closed without one, and
    closed_because says why.
    """

    id = RowId()
    policy = models.ForeignKey("enrollment.Policy", models.PROTECT, related_name="claim_reports")
    insurer = models.ForeignKey(Insurer, models.PROTECT, related_name="+")
    way = models.CharField(_("how it came"), max_length=12, choices=WAYS)
    reported_by = EncryptedTextField(_("reported by"))
    contact = EncryptedTextField(_("telephone of who reported it"), blank=True, default="")
    what_happened = EncryptedTextField(_("what was reported"))
    began_on = models.DateField(_("treatment began on"))
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(_("reported"))
    claim = models.OneToOneField(Claim, models.PROTECT, null=True, blank=True, related_name="report")
    closed_at = models.DateTimeField(_("closed without a claim"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    closed_because = EncryptedTextField(_("why it was closed"), null=True, blank=True)

    # As its claim will: the insurer that answers for it, the scheme of the policy, where the insured person lives.
    scope_columns: ScopeColumns = {
        "insurer": "insurer",
        "scheme": "policy__plan_year__scheme",
        "area": "policy__insured__insurance_area",
    }

    class Meta:
        verbose_name = _("report of a claim")
        verbose_name_plural = _("reports of claims")
        ordering = ["-pk"]
        indexes = [
            # Partial: the desk lists what nothing has come of yet.
            models.Index(
                name="reports_still_open",
                fields=["-id"],
                condition=models.Q(claim__isnull=True, closed_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="claim_report_one_outcome",
                condition=models.Q(claim__isnull=True) | models.Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="claim_report_closed_by_somebody_with_a_reason",
                condition=models.Q(closed_at__isnull=True, closed_by__isnull=True, closed_because__isnull=True)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False, closed_because__isnull=False),
            ),
        ]
        triggers = [_written_once(), never_deleted("claim_report_kept")]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.taken_at:%Y-%m-%d}"
