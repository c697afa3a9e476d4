"""Addresses of a scheme's pages for messages, papers and partners: complete, and the same wherever they are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import get_script_prefix, reverse

from parties.models import Scheme


def home_of(scheme: Scheme) -> str:
    """Where the scheme's pages begin, without a slash at the end."""
    public = settings.PUBLIC_URL.rstrip("/")
    if scheme.host:
        return f"{urlsplit(public).scheme}://{scheme.host}"
    return public if scheme.opens_bare_address else f"{public}/{scheme.code}"


def link_to(scheme: Scheme) -> str:
    """For somebody who is on one of our pages already: the path under which the scheme answers, or its own host."""
    return home_of(scheme) if scheme.host else f"{get_script_prefix()}{scheme.code}/"


def address(scheme: Scheme, name: str, *, args: Sequence[Any] = ()) -> str:
    """The page of this name (of the site's addresses) in this scheme."""
    # Inside a request for /smx/… reverse() puts /smx/ in front; a worker's does not.
    path = reverse(name, args=args).removeprefix(get_script_prefix().rstrip("/"))
    return f"{home_of(scheme)}{path}"
