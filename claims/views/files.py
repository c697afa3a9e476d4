"""Papers are handed out as attachments that cannot run anything, to their owner and to reviewers (reliability 10)."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from claims import selectors
from claims.documents import storage
from claims.models import ClaimDocument
from core.access import actor_of, requires
from core.errors import NotFound

_ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}
# Even if a browser were talked into showing it: no script, no form, no frame, no other address.
_LOCKED = "sandbox; default-src 'none'; img-src 'self'; style-src 'none'; frame-ancestors 'self'"


@requires("claims.read_own", owner="claim")
@require_safe
def paper(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The re-encoded file, as an attachment."""
    document = selectors.document_for(actor_of(request), document_id)
    response = locked(_bytes(document, "clean"), document.content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(download_name(document))}"
    return response


@requires("claims.read_own", owner="claim")
@require_safe
def paper_view(request: HttpRequest, document_id: UUID, page: int) -> HttpResponse:
    """One page as the JPEG that our own worker drew: what <img> shows."""
    document = selectors.document_for(actor_of(request), document_id)
    return page_image(document, page)


def page_image(document: ClaimDocument, page: int) -> HttpResponse:
    if not 1 <= page <= document.pages:
        raise selectors.claim_not_found()
    response = locked(_bytes(document, f"page-{page}"), "image/jpeg")
    response["Content-Disposition"] = "inline"
    return response


def locked(content: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _LOCKED
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def download_name(document: ClaimDocument) -> str:
    """The name the resident gave, with the ending of what the file now is."""
    stem = document.name.rpartition(".")[0] or document.name
    return f"{stem}.{_ENDINGS[document.content_type]}"


def _bytes(document: ClaimDocument, part: str) -> bytes:
    try:
        return storage.read_part(document.pk, part, key=document.file_key)
    except FileNotFoundError:
        raise NotFound("paper_lost", _("This file is not in its place. Please tell the service line.")) from None
