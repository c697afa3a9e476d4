"""Structured logs without personal data.

Log by id and code. As a second line of defence every rendered event passes `scrub`, which blanks what
looks like an identity number, a mobile number or a card number; a test plants canaries and greps.

A traceback is for what we did not foresee. A refusal (any 4xx) is logged without one.
"""

from __future__ import annotations

import logging
import logging.config
import re
from typing import Any

import structlog

from core.errors import DomainError

_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(\d{17}[\dXx]|1[3-9]\d{9}|\d{16,19})(?![0-9A-Za-z])")


def scrub(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank anything that looks like an identity, mobile or card number, wherever it sits in the event."""
    return {key: _scrub_value(value) for key, value in event.items()}


def _scrub_value(value: Any) -> Any:
    if isinstance(value, str):
        return _PERSONAL.sub("[removed]", value)
    if isinstance(value, dict):
        return {k: _scrub_value(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_scrub_value(v) for v in value]
    return value


def refusals_without_traceback(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Django logs a traceback with "permission denied", "bad request" and a wrong host name, the last two as errors."""
    name = str(event.get("logger", ""))
    exc_info = event.get("exc_info")
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if name.startswith("django.security") or (name == "django.request" and event.get("level") == "warning"):
        event["level"] = "warning"
    elif not (isinstance(error, DomainError) and error.status < 500):
        return event
    if isinstance(error, BaseException):
        # The name alone: a wrong host name or an address is whatever a stranger has typed.
        event["refused_as"] = error.code if isinstance(error, DomainError) else type(error).__name__
    event.pop("exc_info", None)
    return event


def configure(*, level: str, fmt: str) -> None:
    """fmt: "json" for machines, "console" for a terminal."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        refusals_without_traceback,
        structlog.processors.format_exc_info,
        scrub,
    ]
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=False)
        if fmt == "console"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        scrub,
                        renderer,
                    ],
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # These quote request paths or bodies at INFO; ours say the same without them.
                "httpx": {"level": "WARNING"},
                "httpcore": {"level": "WARNING"},
                "axes": {"level": "WARNING"},
                "fontTools": {"level": "WARNING"},
                "weasyprint": {"level": "ERROR"},
                "django.server": {"level": "WARNING"},
                # Whatever LOG_LEVEL says: at DEBUG these quote query parameters and whole template contexts.
                "django.db.backends": {"level": "INFO"},
                "django.template": {"level": "INFO"},
                "django_structlog": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
