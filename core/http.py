"""The HTTP client for single signed calls to partners: made once per process: a TLS context takes 20 ms of CPU."""

from __future__ import annotations

import ssl
from functools import cache

import httpx


@cache
def client(ca: str = "") -> httpx.Client:
    """Shared by threads. Connections are not kept: one that the partner has closed meanwhile would make a call that
    never left us look like one whose outcome is unknown.

    ca: certificates (PEM) of the partner's own authority; then no other authority is believed.
    """
    trusted: ssl.SSLContext | bool = ssl.create_default_context(cadata=ca) if ca else True
    return httpx.Client(verify=trusted, limits=httpx.Limits(max_keepalive_connections=0))
