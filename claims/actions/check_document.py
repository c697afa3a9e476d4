"""A worker takes one paper, has it scanned and written anew in the limited subprocess, and says what became of it."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.db import IntegrityError, transaction

from claims.documents import errors
from claims.documents.quarantine import quarantine_folder
from claims.documents.reencode import reencode
from claims.documents.scan import scan
from claims.lifecycle import DocumentState
from claims.models import ClaimDocument, DocumentJob, PaperFile
from core.actors import Actor
from core.errors import Busy, DomainError
from core.guards import on
from privacy.files import FileLost, destroy, discard, pieces_of, provisional
from work.files import told
from work.leases import LeaseLost, claim_due, lock_held, retry_delay, settle
from work.lifecycle import transition

log = structlog.get_logger(__name__)

_CHECKER = Actor.system("document-checker")
# A paper whose worker died this often is what kills it.
MAX_TRIES = 4


def check_paper(job: DocumentJob, now: datetime) -> bool:
    """RECEIVED -> READY or REFUSED for a claimed paper; False when it has to wait for the scanner.

    Killed at any point, the paper is taken up again after its lease, from the sealed original; no transaction is open
    while it is parsed.
    """
    try:
        _check(job.document, job, now=now)
    except LeaseLost:
        log.warning("documents.lease_lost", document_id=str(job.document_id))
        return False
    except Busy as busy:
        again = now + retry_delay(job.attempts)
        settle(job, token=job.fencing_token, next_attempt_at=again, error=busy.code, in_work_for=None)
        return False
    return True


def claim_paper(now: datetime) -> list[DocumentJob]:
    """The paper that waits longest and whose account has none in work, if there is one."""
    held = DocumentJob.objects.filter(in_work_for__isnull=False, lease_until__gt=now)
    due = DocumentJob.objects.all()
    if on("documents.one_per_account"):
        due = due.exclude(account_id__in=held.values("in_work_for"))
    try:
        with transaction.atomic():
            claimed = claim_due(due, now=now, limit=1)
            for job in claimed:
                # The mark of a worker that died goes with its lease.
                others = DocumentJob.objects.filter(in_work_for=job.account_id).exclude(pk=job.pk)
                others.filter(lease_until__lte=now).update(in_work_for=None)
                if on("documents.one_per_account"):
                    DocumentJob.objects.filter(pk=job.pk).update(in_work_for=job.account_id)
    except IntegrityError:
        return []  # another worker has just begun with a paper of this account
    return claimed


def _check(document: ClaimDocument, job: DocumentJob, *, now: datetime) -> None:
    with provisional() as written:
        try:
            if job.attempts > MAX_TRIES:
                raise errors.too_costly()
            outcome = _write_anew(document, written, now=now)
        except Busy:
            raise
        except DomainError as refusal:
            discard(written)
            _finish(document, job, DocumentState.REFUSED, now=now, reason=refusal.code, refusal=refusal.code)
        else:
            _finish(document, job, DocumentState.READY, written=written, now=now, **outcome)


def _write_anew(document: ClaimDocument, written: list[PaperFile], *, now: datetime) -> dict[str, Any]:
    """What the row says of the paper from now on; its new files are added to `written` as each is in its place."""
    with _opened(document, now=now) as path, tempfile.TemporaryDirectory(dir=path.parent) as folder:
        scan_state = scan(path)
        made = reencode(path, content_type=document.content_type, into=Path(folder))
        pictures = [(PaperFile.picture_of(page), view) for page, view in enumerate(made.views, start=1)]
        for part, place in [(PaperFile.CLEAN, made.clean), *pictures]:
            written.append(PaperFile.write(pieces_of(place), document=document, part=part))
    return {"content_type": made.content_type, "pages": len(pictures), "scan_state": scan_state}


@contextmanager
def _opened(document: ClaimDocument, *, now: datetime) -> Iterator[Path]:
    """The original, unsealed, in quarantine for as long as it is looked at. Raises DomainError file_lost."""
    original = document.files.filter(part=PaperFile.ORIGINAL).first()
    if original is None:
        raise errors.lost()  # taken back meanwhile
    path = quarantine_folder() / str(uuid.uuid4())
    try:
        with path.open("xb") as sink:
            sink.writelines(original.pieces())
        yield path
    except FileLost as lost:
        told(lost, now=now)
        raise errors.lost() from None
    finally:
        path.unlink(missing_ok=True)


def _finish(
    document: ClaimDocument,
    job: DocumentJob,
    state: DocumentState,
    *,
    now: datetime,
    written: Sequence[PaperFile] = (),
    **fields: Any,
) -> None:
    """Files, state, event and the end of the job together, and only by who holds the job still. Raises LeaseLost."""
    with transaction.atomic():
        try:
            lock_held(job, token=job.fencing_token).delete()
        except DocumentJob.DoesNotExist:
            raise LeaseLost(str(document.pk)) from None
        row = ClaimDocument.objects.select_for_update().get(pk=document.pk)
        if row.removed_at is not None:
            discard(written)
            return
        if state == DocumentState.REFUSED:
            destroy(row.files.all())
        PaperFile.objects.bulk_create(written)
        transition(row, state, actor=_CHECKER, now=now, **fields)
