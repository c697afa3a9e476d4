"""What is given up leaves nothing of what people handed over for it."""

from __future__ import annotations

from datetime import datetime

from claims.models import Claim, DocumentJob, Incident, PaperFile
from privacy.files import destroy


def forget_papers(claim: Claim, *, now: datetime) -> None:
    """The rows stay as a record that there were papers; keys and bytes are destroyed. In the caller's transaction."""
    claim.documents.filter(removed_at=None).update(removed_at=now)
    # As in remove_document: a job in a worker's hands finds out when it comes back.
    DocumentJob.objects.filter(document__claim=claim, in_work_for=None).delete()
    destroy(PaperFile.objects.filter(document__claim=claim))


def forget_account(claim: Claim) -> None:
    """Where the money would have gone. Of a claim that was handed in the database keeps it."""
    claim.payees.all().delete()


def forget_answers(claim: Claim) -> None:
    """What was said of what happened. Of a claim that was handed in the database keeps it."""
    Incident.objects.filter(claim=claim).delete()
