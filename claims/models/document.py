"""A paper that was handed in, and its files: as it came, as it is handed out, and a picture of each page."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from claims.checklist import DocumentKind
from claims.documents.scan import ScanState
from claims.lifecycle import DOCUMENT_LIFECYCLE, DocumentState
from claims.models.claim import Claim
from privacy.fields import EncryptedTextField
from privacy.files import SealedFile
from work.audit import tracked
from work.models import LeasedModel, LifecycleEvent


@tracked
class ClaimDocument(models.Model):
    """sha256, size_bytes: of the file as it was handed over (they are on the handover slip).

    content_type: what was handed over while RECEIVED, what is handed out once READY. refusal: the code of the reason.
    """

    lifecycle = DOCUMENT_LIFECYCLE

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="documents")
    kind = models.CharField(_("paper"), max_length=24, choices=DocumentKind.choices)
    state = models.CharField(_("state"), max_length=16, choices=DocumentState.choices, default=DocumentState.RECEIVED)
    refusal = models.CharField(max_length=40, blank=True)
    name = EncryptedTextField(pgettext_lazy("file", "name"))
    content_type = models.CharField(max_length=40)
    pages = models.PositiveSmallIntegerField(_("pages"), default=0)
    size_bytes = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    scan_state = models.CharField(max_length=16, choices=ScanState.choices, default=ScanState.NOT_SCANNED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    uploaded_at = models.DateTimeField(_("handed in"))
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["uploaded_at", "pk"]
        constraints = [
            # The same photo chosen twice, or the same form sent twice, is one paper; a refused one may come again.
            models.UniqueConstraint(
                name="one_paper_per_content",
                fields=["claim", "kind", "sha256"],
                condition=Q(removed_at__isnull=True) & ~Q(state="REFUSED"),
            ),
            models.CheckConstraint(
                name="ready_paper_is_whole",
                condition=~Q(state="READY") | Q(pages__gte=1),
            ),
            models.CheckConstraint(
                name="refused_paper_says_why", condition=Q(state="REFUSED", refusal__gt="") | ~Q(state="REFUSED")
            ),
        ]
        triggers = DOCUMENT_LIFECYCLE.triggers()

    def __str__(self) -> str:
        return f"{self.claim_id} {self.kind}"


class PaperFile(SealedFile):
    """part: ORIGINAL, CLEAN (what is handed out) or picture_of(3). Goes with the bytes; the paper's own row stays."""

    ORIGINAL = "original"
    CLEAN = "clean"

    folder = "claims/papers"

    document = models.ForeignKey(ClaimDocument, models.PROTECT, related_name="files", db_index=False)
    part = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_file_per_part", fields=["document", "part"])]

    def __str__(self) -> str:
        return f"{self.document_id}/{self.part}"

    @staticmethod
    def picture_of(page: int) -> str:
        return f"page-{page}"


class DocumentEvent(LifecycleEvent):
    subject = models.ForeignKey(ClaimDocument, models.PROTECT, related_name="events")


class DocumentJob(LeasedModel):
    """A paper that waits to be written anew; gone once that is done. The row is the queue (work.leases).

    in_work_for: the account whose paper a worker holds right now. Unique: one at a time of one account, whatever the
    number of workers, so that twenty uploads of one person leave room for everybody else's.
    """

    document = models.OneToOneField(ClaimDocument, models.PROTECT, related_name="job")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    in_work_for = models.BigIntegerField(null=True, blank=True, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["next_attempt_at"], name="document_job_due")]

    def __str__(self) -> str:
        return str(self.document_id)
