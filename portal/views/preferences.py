"""Large text, dark mode, language: a plain form that sets a cookie."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.access import public
from portal.middleware import COOKIE, TEXTS, THEMES, preferences_of

_YEAR_SECONDS = 365 * 24 * 3600


@public
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """POST theme, text, lang (each optional) and next (a path of this site)."""
    chosen = preferences_of(request)
    if (theme := request.POST.get("theme")) in THEMES:
        chosen = replace(chosen, theme=theme)
    if (text := request.POST.get("text")) in TEXTS:
        chosen = replace(chosen, text=text)
    if (lang := request.POST.get("lang")) in dict(settings.LANGUAGES):
        chosen = replace(chosen, lang=lang)
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    response = HttpResponseRedirect(target)
    response.set_cookie(
        COOKIE, chosen.to_cookie(), max_age=_YEAR_SECONDS, samesite="Lax", httponly=True, secure=settings.SECURE_COOKIES
    )
    return response
