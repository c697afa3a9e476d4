"""Bills that the national platform takes long to give: a worker asks for them, one by one, while the page waits."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.models.claim import Claim
from claims.models.report import ClaimReport
from privacy.fields import EncryptedJSONField
from work.models import LeasedModel
from work.row_ids import RowId


class FetchState(models.TextChoices):
    WAITING = "WAITING", _("Being asked for")
    READY = "READY", _("Found")
    REFUSED = "REFUSED", _("Cannot be claimed")
    SILENT = "SILENT", _("No answer")


class BillFetch(LeasedModel):
    """What one account chose on one policy, the last choice only; gone a quarter of an hour after it ended. The row is
    the queue (work.leases).

    into: the draft to which the bills are added; none where a claim begins with them. report: of which it begins.
    stays: the numbers chosen, as forms carry them (stays.StayNumbers). found: the bills that are here, by these
    numbers, as stays.bill_to_json: health data, so encrypted, and gone from here once they are in the claim. refusal:
    the code of what speaks against it, refused_for: the number of the claim that it names.
    """

    id = RowId()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    policy = models.ForeignKey("enrollment.Policy", models.CASCADE, related_name="+")
    into = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="+")
    report = models.ForeignKey(ClaimReport, models.CASCADE, null=True, blank=True, related_name="+")
    stays = EncryptedJSONField(default=list)
    found = EncryptedJSONField(default=dict)
    state = models.CharField(max_length=8, choices=FetchState.choices, default=FetchState.WAITING)
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="+")
    refusal = models.CharField(max_length=40, blank=True)
    refused_for = models.CharField(max_length=30, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_fetch_at_a_time", fields=["account", "policy"])]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="fetch_due", condition=models.Q(next_attempt_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.policy_id} {self.state}"

    @property
    def missing(self) -> list[str]:
        """The numbers of those that are not here yet."""
        return [numbers for numbers in self.stays if numbers not in self.found]

    @property
    def here(self) -> int:
        return len(self.stays) - len(self.missing)
