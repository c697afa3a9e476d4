"""The decision letter as it was first rendered: the same bytes whenever it is downloaded again."""

from __future__ import annotations

from django.db import models

from claims.models.decision import Decision
from privacy.files import RedrawnFile


class ClaimLetter(RedrawnFile):
    folder = "claims/letters"

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="letters", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_letter_per_content", fields=["decision", "content_key"])]

    def __str__(self) -> str:
        return f"{self.decision_id}/{self.content_key[:8]}"
