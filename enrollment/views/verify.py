"""The public page behind the QR code on a certificate: is it real, is it in force, whose is it (name masked)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from core.access import public
from enrollment import selectors
from products.words import cover_words


@public
@never_cache
@require_safe
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Anybody who holds the certificate may look. No number, no birth date, no payer; unknown tokens say only that."""
    policy = selectors.policy_by_token(token)
    context = {
        "policy": policy,
        "cover": cover_words(policy) if policy else "",
        "in_force": bool(policy and policy.covers(clock.today())),
        "begins_later": bool(policy and clock.today() < policy.cover_from),
    }
    response = render(request, "enrollment/verify.html", context, status=200 if policy else 404)
    response["X-Robots-Tag"] = "noindex"
    return response
