"""The decision letter as it was first rendered: the same bytes whenever it is downloaded again."""

from __future__ import annotations

from django.db import models

from claims.models.decision import Decision
from privacy.fields import EncryptedTextField
from work.row_ids import RowId


class ClaimLetter(models.Model):
    """content_key: digest of what the page was made of (decision, language, template), so an old file is never shown
    for new content. A cache: rows may be deleted at any time.
    """

    id = RowId()
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="letters")
    content_key = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    pdf_base64 = EncryptedTextField()
    rendered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_letter_per_content", fields=["decision", "content_key"])]

    def __str__(self) -> str:
        return f"{self.decision_id}/{self.content_key[:8]}"
