"""A paper is added to a claim: out of quarantine, sealed as it came, put on record. A worker then writes it anew."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import errors as claim_errors
from claims.actions._locks import lock_claim, person_id
from claims.actions._reviewing import require_hand
from claims.checklist import DocumentKind
from claims.documents import errors, limits
from claims.documents.quarantine import Quarantined
from claims.documents.sniff import content_type_of
from claims.lifecycle import DocumentState
from claims.models import Claim, ClaimDocument, DocumentJob, PaperFile
from core.actors import Actor
from core.errors import DomainError
from privacy.files import discard, pieces_of, provisional
from work.hints import hint_after_commit
from work.lanes import Lane


def add_document(*, claim: Claim, kind: str, upload: Quarantined, actor: Actor, now: datetime) -> ClaimDocument:
    """The paper, RECEIVED; the same content given again is the paper that is already there.

    The file is not opened here, only told by its first bytes. It is gone from quarantine afterwards, whatever happened.
    Raises the DomainErrors of claims.documents.errors; Conflict claim_not_editable after handing in.
    """
    require_hand(claim, actor)
    if kind not in DocumentKind.values:
        raise DomainError("document_kind", _("Please say what kind of paper this is."), field="kind")
    try:
        if upload.refusal is not None:
            raise upload.refusal
        content_type = content_type_of(upload.path, name=upload.name)
        again = _same_content(claim, kind, upload.sha256)
        if again is not None:
            return again
        document = ClaimDocument(
            id=uuid.uuid4(),
            claim=claim,
            kind=kind,
            name=upload.name,
            content_type=content_type,
            size_bytes=upload.size_bytes,
            sha256=upload.sha256,
            uploaded_by_id=person_id(actor),
            uploaded_at=now,
        )
        with provisional() as written:
            original = PaperFile.write(pieces_of(upload.path), document=document, part=PaperFile.ORIGINAL)
            written.append(original)
            return _keep(document, original, now=now)
    finally:
        upload.discard()


def _keep(document: ClaimDocument, original: PaperFile, *, now: datetime) -> ClaimDocument:
    """File first, row second: a row without its file would be a broken promise, a file without a row is only waste."""
    with transaction.atomic():
        claim = lock_claim(document.claim)
        if not claim.is_editable:
            raise claim_errors.not_editable()
        again = _same_content(claim, document.kind, document.sha256)
        if again is not None:
            discard([original])
            return again
        if claim.documents.filter(removed_at=None).count() >= limits.MAX_FILES_PER_CLAIM:
            raise errors.too_many()
        document.save(force_insert=True)
        original.save(force_insert=True)
        DocumentJob.objects.create(
            document=document, account_id=document.uploaded_by_id, created_at=now, next_attempt_at=now
        )
        hint_after_commit(Lane.CHORES)
    return document


def _same_content(claim: Claim, kind: str, sha256: str) -> ClaimDocument | None:
    same = claim.documents.filter(kind=kind, sha256=sha256, removed_at=None)
    return same.exclude(state=DocumentState.REFUSED).first()
