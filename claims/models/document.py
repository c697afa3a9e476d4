"""A paper that was handed in. The bytes lie encrypted on disk (claims.documents.storage); the row holds their key."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.checklist import DocumentKind
from claims.documents.scan import ScanState
from claims.models.claim import Claim
from core.audit import tracked
from core.fields import EncryptedTextField


@tracked
class ClaimDocument(models.Model):
    """sha256: of the file as it was handed over (it is on the handover slip); stored_sha256: of what is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="documents")
    kind = models.CharField(_("paper"), max_length=24, choices=DocumentKind.choices)
    name = EncryptedTextField(_("name"))
    content_type = models.CharField(max_length=40)
    pages = models.PositiveSmallIntegerField(_("pages"))
    size_bytes = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64, db_index=True)
    stored_sha256 = models.CharField(max_length=64)
    file_key = EncryptedTextField()
    scan_state = models.CharField(max_length=16, choices=ScanState.choices, default=ScanState.NOT_SCANNED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("handed in"))
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["uploaded_at", "pk"]
        constraints = [
            # The same photo chosen twice, or the same form sent twice, is one paper.
            models.UniqueConstraint(
                name="one_paper_per_content", fields=["claim", "kind", "sha256"], condition=Q(removed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind}"
