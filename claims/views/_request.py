"""Small shared parts of this room's views."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from claims.documents import errors, limits
from claims.documents.quarantine import QuarantineHandler, arrived_files
from core.bodies import takes_body

View = Callable[..., HttpResponse]


def takes_files(*, door: Callable[..., object]) -> Callable[[View], View]:
    """Stream this view's files into quarantine. door: asked at the edge before a byte is read (core.bodies).

    Upload handlers must be in place before the form is read, and the CSRF check reads the form: so the check runs
    inside, after the handler is set, and not in the middleware. What the view left in quarantine is destroyed.
    """

    def decorate(view: View) -> View:
        @takes_body(limits.MAX_REQUEST_BYTES, door=door)
        @csrf_exempt
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.upload_handlers = [QuarantineHandler(request)]
            try:
                return csrf_protect(view)(request, *args, **kwargs)
            except TooManyFilesSent:
                raise errors.too_many() from None
            finally:
                for item in arrived_files(request):
                    item.discard()

        return wrapper

    return decorate
