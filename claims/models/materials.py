"""Papers asked for: once, completely (Insurance Law 22)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.models.claim import Claim
from work.audit import tracked


@tracked
class MaterialsRequest(models.Model):
    """items: kinds of papers. sequence 1 is the one notice the law knows; later ones name the supervisor who agreed."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="materials_requests", db_index=False)
    sequence = models.PositiveSmallIntegerField()
    items = models.JSONField()
    message = models.TextField(_("message"), blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(name="materials_request_sequence", fields=["claim", "sequence"]),
            models.UniqueConstraint(
                name="one_open_materials_request", fields=["claim"], condition=Q(answered_at__isnull=True)
            ),
            models.CheckConstraint(
                name="second_request_has_supervisor", condition=Q(sequence=1) | Q(supervisor__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} #{self.sequence}"
