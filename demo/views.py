"""Who can be tried in the demonstration and how they sign in. The address exists only in demo and tests."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.access import public
from demo.people import RESIDENTS, STAFF, STAFF_PASSWORD


@public
def demo(request: HttpRequest) -> HttpResponse:
    context = {
        "residents": RESIDENTS,
        "staff": [(person, person.code()) for person in STAFF],
        "password": STAFF_PASSWORD,
        "sandbox_url": settings.SANDBOX_URL,
    }
    response = render(request, "portal/demo.html", context)
    response["Cache-Control"] = "no-store"
    return response
