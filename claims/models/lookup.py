"""A list of stays that the national platform takes long to give: a worker asks for it while the page waits."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.fields import EncryptedJSONField
from work.models import LeasedModel
from work.row_ids import RowId


class LookUpState(models.TextChoices):
    WAITING = "WAITING", _("Being asked for")
    READY = "READY", _("Found")
    SILENT = "SILENT", _("No answer")


class StayLookUp(LeasedModel):
    """Of one account on one policy; gone a quarter of an hour after it ended. The row is
    the queue (work.leases). found: stays.ListedStay as JSON: health data, so encrypted.
    """

    id = RowId()
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    policy = models.ForeignKey("enrollment.Policy", models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=LookUpState.choices, default=LookUpState.WAITING)
    found = EncryptedJSONField(default=list)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_look_up_at_a_time", fields=["account", "policy"])]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], name="look_up_due", condition=models.Q(next_attempt_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.policy_id} {self.state}"
