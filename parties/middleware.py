"""Which scheme a request is about: by the code in front of its path, else by its host."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix

from parties import selectors
from parties.models import Scheme


class SchemeMiddleware:
    """request.product_scheme, or None where the address leaves several to choose from.

    "/smx/enrol/" is "/enrol/" of the scheme "smx": the code becomes the script's prefix, so that every address that is
    made while the request lasts leads to the same scheme.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = get_script_prefix()
        word, _slash, rest = request.path_info.removeprefix("/").partition("/")
        scheme, is_in_path = selectors.scheme_of_address(host=_host(request), first_word=word)
        if is_in_path:
            request.path_info = f"/{rest}"
            set_script_prefix(f"{before}{word}/")
        # Not request.scheme: that is "https" in Django.
        request.product_scheme = scheme  # type: ignore[attr-defined]  # read through scheme_of
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(before)


def _host(request: HttpRequest) -> str:
    host = request.get_host()
    return host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host


def scheme_or_none(request: HttpRequest) -> Scheme | None:
    """None where the visitor has not chosen one yet."""
    found: Scheme | None = getattr(request, "product_scheme", None)
    return found


def scheme_of(request: HttpRequest) -> Scheme:
    """The scheme of the request. Raises no_scheme: the visitor has to choose one."""
    found = scheme_or_none(request)
    if found is None:
        raise selectors.NoScheme()
    return found
