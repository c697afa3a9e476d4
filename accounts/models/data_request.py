from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.lifecycle import DATA_REQUEST_LIFECYCLE, DataRequestState
from core.identifiers import mask_name
from parties.models import Scheme
from privacy.fields import EncryptedTextField
from work.models import LifecycleEvent
from work.row_ids import RowId


class DataRequest(models.Model):
    """A person asks for her data to be corrected or deleted and is told the decision and why. Source: PIPL 46-50."""

    class Kind(models.TextChoices):
        CORRECT_NAME = "CORRECT_NAME", _("correct my name")
        CLOSE_ACCOUNT = "CLOSE_ACCOUNT", _("delete my data")

    REVEALABLE_FIELDS = {"wanted": mask_name}

    lifecycle = DATA_REQUEST_LIFECYCLE
    scope_columns = {"scheme": "scheme"}

    id = RowId()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="data_requests", verbose_name=_("person")
    )
    # On whose pages she asked, where they were one scheme's: who settles it may be narrowed.
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("request"), max_length=16, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=16, choices=DataRequestState.choices, default=DataRequestState.OPEN)
    wanted = EncryptedTextField(_("correct name"), blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("asked"))
    settled_at = models.DateTimeField(_("settled on"), null=True, blank=True)

    class Meta:
        verbose_name = _("request about own data")
        verbose_name_plural = _("requests about own data")
        ordering = ["-created_at", "-id"]
        triggers = DATA_REQUEST_LIFECYCLE.triggers()
        indexes = [
            models.Index(fields=["state", "id"], name="data_requests_open", condition=~Q(state="DONE")),
            models.Index(fields=["kind", "id"], name="data_requests_of_a_kind"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], name="one_open_data_request_per_kind", condition=Q(state="OPEN")
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d}"


class DataRequestEvent(LifecycleEvent):
    subject = models.ForeignKey(DataRequest, on_delete=models.PROTECT, related_name="events")
