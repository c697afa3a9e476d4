"""Middleware that belongs to no business room."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from psycopg import errors as pg

from core.errors import Busy, DomainError

log = structlog.get_logger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """/healthz says that the process answers, /readyz that it can reach its database and cache. Before everything else:
    a probe needs no host name, no session and no cookie."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            problems = _problems()
            return JsonResponse(
                {"status": "unready" if problems else "ok", "problems": problems},
                status=503 if problems else 200,
            )
        return self.get_response(request)


def _problems() -> list[str]:
    from django.core.cache import cache

    problems = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:  # a probe reports every kind of trouble
        problems.append(f"database: {type(error).__name__}")
    try:
        cache.set("readyz", "1", 5)
    except Exception as error:
        problems.append(f"redis: {type(error).__name__}")
    return problems


class DomainErrorMiddleware:
    """Turns a DomainError that no view caught into a page (or JSON) with its sentence and its status."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError) and isinstance(
            error.__cause__, (pg.LockNotAvailable, pg.DeadlockDetected)
        ):
            error = Busy(
                "busy",
                _("Many people are using this at once. Nothing was changed; please try again in a moment."),
            )
        if not isinstance(error, DomainError):
            return None
        log.info("request.refused", code=error.code, status=error.status)
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"code": error.code, "message": str(error)}, status=error.status)
        return render(request, "errors/domain.html", {"error": error}, status=error.status)
