"""A paper is taken back before the claim is handed in. Its row stays as a record; its bytes are destroyed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from claims import errors
from claims.actions._locks import lock_claim
from claims.documents import storage
from claims.models import ClaimDocument
from core.actors import Actor


def remove_document(*, document: ClaimDocument, actor: Actor, now: datetime) -> None:
    """Removing twice is fine. Raises Conflict claim_not_editable after handing in; a paper that answered a request
    for materials may be removed until those are handed in.
    """
    actor.require("claims.file")
    with transaction.atomic():
        claim = lock_claim(document.claim)
        if not claim.is_editable or (claim.submitted_at and document.uploaded_at <= claim.submitted_at):
            raise errors.not_editable()
        claim.documents.filter(pk=document.pk, removed_at=None).update(removed_at=now)
        transaction.on_commit(lambda: storage.remove_all(document.pk))
