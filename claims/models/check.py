"""What the machine looked at before a person did, kept with what it found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.models.claim import Claim
from work.models import AppendOnly


class CheckResult(models.TextChoices):
    PASSED = "PASSED", _("Passed")
    LOOK = "LOOK", _("Please look")
    FAILED = "FAILED", _("Not fulfilled")


class AutomaticCheck(AppendOnly):
    """code: see claims.checks. evidence: figures and references for the sentence, no personal data. run: 1, 2, …"""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="checks", db_index=False)
    run = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    result = models.CharField(max_length=8, choices=CheckResult.choices)
    evidence = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        ordering = ["run", "pk"]
        constraints = [models.UniqueConstraint(name="one_result_per_run", fields=["claim", "run", "code"])]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.code} {self.result}"
