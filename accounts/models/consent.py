from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from work.models import AppendOnly


class Consent(AppendOnly):
    """What a person said to one notice: yes or, later, no. The newest row of a purpose is what counts.

    The notice is kept by version and digest, so that what she read can be shown again. Source: PIPL 14-17, 29.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="consents",
        db_index=False,
        verbose_name=_("person"),
    )
    purpose = models.CharField(_("purpose"), max_length=64)
    notice_version = models.CharField(_("version of the notice"), max_length=32)
    notice_sha256 = models.CharField(_("digest of the notice"), max_length=64)
    granted = models.BooleanField(_("agreed"))
    at = models.DateTimeField(_("when"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("statement of consent")
        verbose_name_plural = _("statements of consent")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["user", "purpose", "-at"], name="consent_newest_first"),
            models.Index(fields=["purpose", "id"], name="consents_to_a_purpose"),
            models.Index(fields=["granted", "id"], name="consents_taken_back", condition=models.Q(granted=False)),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.notice_version}"
