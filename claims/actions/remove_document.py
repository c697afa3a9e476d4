"""A paper is taken back before the claim is handed in. Its row stays as a record; its bytes are destroyed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from claims import errors
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_hand
from claims.models import Claim, ClaimDocument, DocumentJob
from core.actors import Actor
from privacy.files import destroy


def remove_document(*, document: ClaimDocument, actor: Actor, now: datetime) -> None:
    """Removing twice is fine. Raises Conflict claim_not_editable after handing in; a paper that answered a request
    for materials may be removed until those are handed in.
    """
    require_hand(document.claim, actor)
    with transaction.atomic():
        claim = lock_claim(document.claim)
        handed_in_at = _handed_in_at(claim)
        if not claim.is_editable or (handed_in_at and document.uploaded_at <= handed_in_at):
            raise errors.not_editable()
        claim.documents.filter(pk=document.pk, removed_at=None).update(removed_at=now)
        # A job in a worker's hands finds out when it comes back; one that waits is not begun.
        DocumentJob.objects.filter(document_id=document.pk, in_work_for=None).delete()
        destroy(document.files.all())


def _handed_in_at(claim: Claim) -> datetime | None:
    """When papers were last handed in: those are evidence and stay, also while others are asked for (Art. 87)."""
    answered = claim.materials_requests.filter(answered_at__isnull=False).aggregate(last=Max("answered_at"))["last"]
    return answered or claim.submitted_at
