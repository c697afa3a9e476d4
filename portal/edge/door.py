"""Before a large body is read: who sends it, may she, and how much does the page take?

Runs the site's own middleware around a view that reads nothing, so a refusal at the door is the same page, with the
same headers, as one behind it.
"""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_started
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext_lazy as _

from core.access import refusal_of
from core.bodies import body_of
from core.errors import Busy, DomainError

_REFUSAL = "portal.edge.refusal"


class Admitted(HttpResponse):
    """Read on. allowed: bytes. account: who is signed in, None when the page is public and nobody is."""

    def __init__(self, *, allowed: int, account: int | None) -> None:
        super().__init__(status=204)
        self.allowed, self.account = allowed, account


def too_large(megabytes: int) -> DomainError:
    return DomainError(
        "body_too_large",
        _("That was more than %(megabytes)s MB at once, which is too much. Please send less at a time."),
        status=413,
        megabytes=megabytes,
    )


def too_slow() -> DomainError:
    return DomainError(
        "body_too_slow",
        _("The connection was too slow, so not everything arrived. Nothing was saved; please try again."),
        status=408,
    )


def no_seat() -> DomainError:
    return Busy("edge_busy", _("Many people are sending something at this moment. Please try again in a minute."))


class Door(WSGIHandler):
    """`ask` and `refuse` take a WSGI environment and answer with a response; both run in a worker thread."""

    def ask(self, environ: dict[str, Any]) -> HttpResponseBase:
        """Admitted, or the page that refuses."""
        request_started.send(sender=type(self), environ=environ)
        return self.get_response(WSGIRequest(environ))

    def refuse(self, environ: dict[str, Any], error: DomainError) -> HttpResponseBase:
        return self.ask({**environ, _REFUSAL: error})

    def _get_response(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self._answer(request)
        except DomainError as error:
            response = self.process_exception_by_middleware(error, request)
            if response is None:
                raise
            return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(refusal := request.META.get(_REFUSAL), DomainError):
            raise refusal
        view, args, kwargs = self.resolve_request(request)
        for process_view in self._view_middleware:  # type: ignore[attr-defined]  # Django's own list, not in its stubs
            # The check against forged forms reads the form; it has its turn when the form is here.
            if isinstance(getattr(process_view, "__self__", None), CsrfViewMiddleware):
                continue
            if isinstance(response := process_view(request, view, args, kwargs), HttpResponseBase):
                return response
        if response := refusal_of(request, view):
            return response
        body = body_of(view)
        if body.max_bytes < int(request.META.get("CONTENT_LENGTH") or 0):
            raise too_large(body.max_bytes // (1024 * 1024))
        if body.door is not None:
            body.door(request, *args, **kwargs)
        return Admitted(allowed=body.max_bytes, account=request.user.pk)
