"""A paper is added to a claim: out of quarantine, written anew, encrypted, put on record."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from claims import errors as claim_errors
from claims.actions._locks import lock_claim, person_id
from claims.checklist import DocumentKind
from claims.documents import errors, limits, storage
from claims.documents.quarantine import Quarantined
from claims.documents.reencode import Reencoded, reencode
from claims.documents.scan import scan
from claims.documents.sniff import content_type_of
from claims.models import Claim, ClaimDocument
from core.actors import Actor
from core.errors import DomainError


def add_document(*, claim: Claim, kind: str, upload: Quarantined, actor: Actor, now: datetime) -> ClaimDocument:
    """The stored paper; the same content given again is the paper that is already there.

    The quarantined file is gone afterwards, whatever happened. No transaction is open while the file is parsed.
    Raises the DomainErrors of claims.documents.errors; Conflict claim_not_editable after handing in.
    """
    actor.require("claims.file")
    if kind not in DocumentKind.values:
        raise DomainError("document_kind", _("Please say what kind of paper this is."), field="kind")
    try:
        if upload.refusal is not None:
            raise upload.refusal
        content_type = content_type_of(upload.path, name=upload.name)
        scan_state = scan(upload.path)
        again = _same_content(claim, kind, upload.sha256)
        if again is not None:
            return again
        made = reencode(upload.path, content_type=content_type)
    finally:
        upload.discard()
    document = ClaimDocument(
        claim=claim,
        kind=kind,
        name=upload.name,
        content_type=made.content_type,
        pages=len(made.views),
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        stored_sha256=hashlib.sha256(made.clean).hexdigest(),
        file_key=storage.new_key(),
        scan_state=scan_state,
        uploaded_by_id=person_id(actor),
        uploaded_at=now,
    )
    return _keep(document, made)


def _keep(document: ClaimDocument, made: Reencoded) -> ClaimDocument:
    """Files first, row second: a row without its file would be a broken promise, a file without a row is only waste."""
    _write_parts(document.pk, made, key=document.file_key)
    try:
        with transaction.atomic():
            claim = lock_claim(document.claim)
            if not claim.is_editable:
                raise claim_errors.not_editable()
            again = _same_content(claim, document.kind, document.sha256)
            if again is None:
                if claim.documents.filter(removed_at=None).count() >= limits.MAX_FILES_PER_CLAIM:
                    raise errors.too_many()
                document.save(force_insert=True)
                return document
    except Exception:
        storage.remove_all(document.pk)
        raise
    storage.remove_all(document.pk)
    return again


def _write_parts(document: uuid.UUID, made: Reencoded, *, key: str) -> None:
    storage.write_part(document, "clean", made.clean, key=key)
    for number, view in enumerate(made.views, start=1):
        storage.write_part(document, f"page-{number}", view, key=key)


def _same_content(claim: Claim, kind: str, sha256: str) -> ClaimDocument | None:
    return claim.documents.filter(kind=kind, sha256=sha256, removed_at=None).first()
