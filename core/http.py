"""The HTTP client for single signed calls to partners: made once per process: a TLS context takes 20 ms of CPU."""

from __future__ import annotations

from functools import cache

import httpx


@cache
def client() -> httpx.Client:
    """Shared by threads. Connections are not kept: one that the partner has closed meanwhile would make a call that
    never left us look like one whose outcome is unknown."""
    return httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))
