"""Papers are handed out as attachments that cannot run anything, to their owner and to reviewers (reliability 10)."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_safe

from claims import selectors
from claims.models import ClaimDocument, PaperFile
from core import clock
from core.access import actor_of, requires
from work.files import file_pieces

_ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}
# Even if a browser were talked into showing it: no script, no form, no frame, no other address.
_LOCKED = "sandbox; default-src 'none'; img-src 'self'; style-src 'none'; frame-ancestors 'self'"


@requires("claims.read_own", owner="claim")
@require_safe
def paper(request: HttpRequest, document_id: UUID) -> StreamingHttpResponse:
    """The re-encoded file, as an attachment."""
    return attachment(selectors.document_for(actor_of(request), document_id))


def attachment(document: ClaimDocument) -> StreamingHttpResponse:
    response = _locked(document, PaperFile.CLEAN, document.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_download_name(document))}"
    return response


def page_image(document: ClaimDocument, page: int) -> StreamingHttpResponse:
    """One page as the JPEG that our own worker drew: what <img> shows at the desk."""
    response = _locked(document, PaperFile.picture_of(page), "image/jpeg")
    response["Content-Disposition"] = "inline"
    return response


def _locked(document: ClaimDocument, part: str, content_type: str) -> StreamingHttpResponse:
    """Raises claim_not_found for a part that this paper has not, file_lost."""
    file = document.files.filter(part=part).first()
    if file is None:
        raise selectors.claim_not_found()
    response = StreamingHttpResponse(file_pieces(file, now=clock.now()), content_type=content_type)
    response["Content-Length"] = str(file.size_bytes)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _LOCKED
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _download_name(document: ClaimDocument) -> str:
    """The name the resident gave, with the ending of what the file now is."""
    stem = document.name.rpartition(".")[0] or document.name
    return f"{stem}.{_ENDINGS[document.content_type]}"
