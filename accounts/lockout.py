"""What somebody sees whose sign-in was stopped after too many wrong passwords."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def respond(request: HttpRequest, _original: HttpResponse | None = None, _credentials: Any = None) -> HttpResponse:
    """A page that says how long to wait and whom to call. The same for known and unknown names."""
    cool_off = get_cool_off(request)
    minutes = int(cool_off.total_seconds() // 60) if cool_off else None
    return render(request, "accounts/locked_out.html", {"minutes": minutes}, status=429)
