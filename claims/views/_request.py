"""Small shared parts of this room's views."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from claims.documents import errors
from claims.documents.quarantine import QuarantineHandler, arrived_files


def takes_files(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Stream this view's files into quarantine.

    Upload handlers must be in place before the form is read, and the CSRF check reads the form: so the check runs
    inside, after the handler is set, and not in the middleware. What the view left in quarantine is destroyed.
    """

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
