"""A form that moves money or files something is carried out once, however often it is sent.

The form carries a random key (`{% form_key %}`). The first POST runs the view and keeps its redirect; a
second one with the same key and content gets that redirect again; the same key with other content is
refused. A submit that died half-way is taken over after its lease. Source: reliability.md 8.
"""

from __future__ import annotations

import functools
import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from core import clock, guards
from core.errors import Conflict, DomainError
from work.models import Submission

FORM_KEY = "form_key"
_LEASE = timedelta(seconds=60)


def request_sha256(request: HttpRequest) -> str:
    """Digest of what the person sent, without the tokens that differ between two renderings."""
    digest = hashlib.sha256()
    for name in sorted(request.POST):
        if name in ("csrfmiddlewaretoken", FORM_KEY):
            continue
        digest.update(f"{name}\0{request.POST.getlist(name)}\0".encode())
    for name in sorted(request.FILES):
        for upload in request.FILES.getlist(name):
            digest.update(f"{name}\0{upload.name}\0{upload.size}\0".encode())
    return digest.hexdigest()


def begin(*, scope: str, key: str, digest: str, now: datetime) -> tuple[Submission, bool]:
    """(submission, True) when the caller is to do the work; (submission, False) when it is already done.

    Raises Conflict("form_reused") for other content under the same key, Conflict("form_in_progress") while the
    first submit is still being carried out.
    """
    if not guards.on("submit_once"):
        return Submission(scope=scope, key=key, request_sha256=digest, created_at=now, lease_until=now), True
    ours = _take(scope=scope, key=key, digest=digest, now=now)
    if ours is not None:
        return ours, True
    known = Submission.objects.filter(scope=scope, key=key).first()
    if known is None:
        # The first submit was refused and let go of its row between the two statements: this one is the first now.
        return begin(scope=scope, key=key, digest=digest, now=now)
    if known.request_sha256 != digest:
        raise Conflict(
            "form_reused",
            _("This form was already sent with other answers. Please open the page again and check."),
        )
    if known.status is None:
        raise Conflict(
            "form_in_progress",
            _("We are still working on your first click. Please wait a moment."),
        )
    return known, False


# One statement decides: the first submit inserts, one whose lease has run out is taken over, any other gets no row.
_TAKE = """
    INSERT INTO work_submission AS known (id, scope, key, request_sha256, created_at, lease_until, location)
    VALUES (%s, %s, %s, %s, %s, %s, '')
    ON CONFLICT (scope, key) DO UPDATE SET lease_until = EXCLUDED.lease_until
        WHERE known.status IS NULL AND known.request_sha256 = EXCLUDED.request_sha256
            AND known.lease_until <= EXCLUDED.created_at
    RETURNING id
"""


_END = "UPDATE work_submission SET status = %s, location = %s WHERE id = %s"


def _take(*, scope: str, key: str, digest: str, now: datetime) -> Submission | None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [uuid.uuid4(), scope, key, digest, now, now + _LEASE])
        row = cursor.fetchone()
    if row is None:
        return None
    return Submission(id=row[0], scope=scope, key=key, request_sha256=digest, created_at=now, lease_until=now + _LEASE)


def submit_once(
    scope: str,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """View decorator: a POST is carried out once per form key. Only redirects are remembered: a page that shows
    the form again with errors may be corrected and sent again under the same key.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            key = request.POST.get(FORM_KEY, "")
            if not re.fullmatch(r"[0-9a-f]{32}", key):
                raise DomainError(
                    "form_key_missing",
                    _("This page was open for too long. Please open it again."),
                )
            owner = getattr(request.user, "pk", None) or request.session.session_key or "anonymous"
            submission, is_ours = begin(
                scope=f"{scope}:{owner}:{request.path}"[:160],
                key=key,
                digest=request_sha256(request),
                now=clock.now(),
            )
            if not is_ours:
                return HttpResponseRedirect(submission.location)
            return _carry_out(submission, lambda: view(request, *args, **kwargs))

        return wrapper

    return decorate


def _carry_out(submission: Submission, run: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        response = run()
    except Exception:
        Submission.objects.filter(pk=submission.pk, status=None).delete()
        raise
    if isinstance(response, HttpResponseRedirect):
        with connection.cursor() as cursor:
            cursor.execute(_END, [response.status_code, response.url, submission.pk])
    else:
        Submission.objects.filter(pk=submission.pk, status=None).delete()
    return response


def forget_old(now: datetime) -> int:
    """Submitted forms are remembered for two days; longer than any browser keeps one open in practice."""
    deleted, _by_model = Submission.objects.filter(created_at__lt=now - timedelta(days=2)).delete()
    return deleted
