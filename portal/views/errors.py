"""Pages for what went wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.access import public


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token does not fit the session: most often the page was open over a sign-out."""
    return render(request, "errors/csrf.html", status=403)
