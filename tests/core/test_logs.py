"""Logs say what happened to which row, never to whom."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.core.exceptions import BadRequest, DisallowedHost, PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.log import log_response

from core.errors import Busy, Conflict
from core.logs import scrub


def test_identity_mobile_and_card_numbers_are_blanked_wherever_they_sit() -> None:
    event = {
        "event": "failed for 41120219680315004X",
        "phone": "13900001001",
        "nested": {"card": ["6222020000000000000", "ok"]},
        "msgid": "H41120000001202611221000000001",
        "claim": "CL-2026-0000001",
    }
    clean = scrub(None, "info", event)
    assert clean["event"] == "failed for [removed]"
    assert clean["phone"] == "[removed]"
    assert clean["nested"] == {"card": ["[removed]", "ok"]}
    assert clean["msgid"] == "H41120000001202611221000000001"
    assert clean["claim"] == "CL-2026-0000001"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What would stand in the file."""
    (ours,) = [h for h in logging.getLogger().handlers if isinstance(h.formatter, structlog.stdlib.ProcessorFormatter)]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ours.formatter)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def raised(error: Exception) -> Exception:
    """With a traceback, as a view would have it."""
    try:
        raise error
    except Exception as caught:
        return caught


@pytest.mark.parametrize(
    ("error", "status"), [(PermissionDenied("not yours"), 403), (BadRequest("nonsense"), 400), (Http404("gone"), 404)]
)
def test_a_refused_request_is_logged_without_a_traceback(log: io.StringIO, error: Exception, status: int) -> None:
    log_response(
        "Refused: %s", "/somewhere", response=HttpResponse(status=status), request=None, exception=raised(error)
    )
    assert "Refused: /somewhere" in log.getvalue()
    assert "Traceback" not in log.getvalue()
    assert type(error).__name__ in log.getvalue()


def test_a_strangers_host_name_is_a_warning_without_a_traceback(log: io.StringIO) -> None:
    """Django calls it an error; it would stand at the terminal whenever somebody scans the network."""
    logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST", exc_info=raised(DisallowedHost("x")))
    assert "warning" in log.getvalue()
    assert "error" not in log.getvalue()
    assert "Traceback" not in log.getvalue()


def test_our_own_refusal_is_logged_by_its_code(log: io.StringIO) -> None:
    logging.getLogger("celery.app.trace").error("Task raised", exc_info=raised(Conflict("somebody_was_first", "…")))
    assert "somebody_was_first" in log.getvalue()
    assert "Traceback" not in log.getvalue()


@pytest.mark.parametrize("name", ["django.request", "celery.app.trace"])
def test_what_we_did_not_foresee_keeps_its_traceback(log: io.StringIO, name: str) -> None:
    logging.getLogger(name).error("Internal Server Error", exc_info=raised(ZeroDivisionError()))
    assert "Traceback" in log.getvalue()
    assert "ZeroDivisionError" in log.getvalue()


def test_a_partner_that_is_away_is_not_an_ordinary_refusal(log: io.StringIO) -> None:
    logging.getLogger("celery.app.trace").error("Task raised", exc_info=raised(Busy("busy", "…")))
    assert "Traceback" in log.getvalue()
