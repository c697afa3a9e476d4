from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from privacy.crypto import blind_index


class OptOut(models.Model):
    """A telephone number to which no prompts are sent. Kept is the number's keyed digest, never the number."""

    class Way(models.TextChoices):
        SITE = "site", _("on our site")
        REPLY = "reply", _("by replying to a message")
        HOTLINE = "hotline", _("on the telephone")

    phone_index = models.CharField(max_length=64)
    since = models.DateTimeField(_("since"))
    way = models.CharField(_("way"), max_length=16, choices=Way.choices)
    # Set when she wants them again; the row stays, it says what was sent lawfully when.
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("number without prompts")
        verbose_name_plural = _("numbers without prompts")
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"], name="one_opt_out_per_phone", condition=models.Q(ended_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.since:%Y-%m-%d}"

    @staticmethod
    def index_of(phone: str) -> str:
        return blind_index("messaging.optout.phone", phone)
