"""Theme, text size and language of the reader, kept in one cookie that says nothing about the person; what a page may
load; and what every line of the log says about the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import uuid4

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django_structlog.middlewares import RequestMiddleware
from structlog.contextvars import bind_contextvars, clear_contextvars

from accounts.clients import client_ip
from core.access import actor_of

COOKIE = "look"
THEMES = ("auto", "light", "dark")
TEXTS = ("normal", "large")


@dataclass(frozen=True, slots=True)
class Preferences:
    theme: str = "auto"
    text: str = "normal"
    lang: str = "zh-hans"

    def to_cookie(self) -> str:
        return f"{self.theme}.{self.text}.{self.lang}"


def preferences_of(request: HttpRequest) -> Preferences:
    """From the cookie; anything unknown in it counts as not said."""
    theme, text, lang = (request.COOKIES.get(COOKIE, "").split(".") + ["", "", ""])[:3]
    return Preferences(
        theme=theme if theme in THEMES else "auto",
        text=text if text in TEXTS else "normal",
        lang=lang if lang in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
    )


class PreferencesMiddleware:
    """Activates the reader's language. Chinese unless chosen otherwise: the browser's own language is not asked,
    since a phone set to English in an old person's hand is more often an accident than a wish."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = preferences_of(request).lang
        with translation.override(language):
            request.LANGUAGE_CODE = language  # read by templates, as Django's own does
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class RequestLogMiddleware(RequestMiddleware):
    """Every line that is logged meanwhile says which request it belongs to, of whom and from where. An answer as
    expected has no line of its own: to put one together for nobody took a tenth of a page."""

    def prepare(self, request: HttpRequest) -> None:
        bind_contextvars(request_id=str(uuid4()), user_id=actor_of(request).user_id, ip=client_ip(request))

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        if response.status_code >= 400 or response.streaming or hasattr(request, "_raised_exception"):
            super().handle_response(request, response)
        else:
            clear_contextvars()


# What django-csp's decorators leave on the answer of a view that has a policy of its own.
_OF_A_VIEW = frozenset(
    f"_csp_{what}{mode}" for what in ("config", "update", "replace", "exempt") for mode in ("", "_ro")
)


@cache
def _policy_of(admin: bool) -> str:
    """Written once: to build it takes longer than most of our pages take to read their rows."""
    return str(build_policy(config=settings.ADMIN_CONTENT_SECURITY_POLICY if admin else None))


class ContentSecurityMiddleware(CSPMiddleware):
    """One policy for the portal's own pages, a wider one for the admin's, which are not ours. None is without."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not _OF_A_VIEW.isdisjoint(vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy_of(request.path_info.startswith("/admin/")))
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/") and not report_only:
            parts.config = settings.ADMIN_CONTENT_SECURITY_POLICY
        return parts
