"""DRF glue: a DomainError becomes {"code", "message", "field"} with its status."""

from __future__ import annotations

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from core.errors import DomainError


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, DomainError):
        return Response(
            {"code": error.code, "message": str(error), "field": error.field},
            status=error.status,
        )
    return drf_exception_handler(error, context)
