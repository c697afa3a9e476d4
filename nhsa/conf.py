"""The one place where this room meets Django settings: addresses and keys → a shared Client.

Settings: NHSA (a dict of Client and Caller fields) for a real platform; without it the "nhsa" part of the sandbox's key
file at SANDBOX_KEYS.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nhsa.client import Client
from nhsa.envelope import Caller

_lock = threading.Lock()
_shared: dict[str, Client] = {}


def client_from(keys: Mapping[str, Any], *, read_timeout: float = 15.0) -> Client:
    """keys: base_url, paasid, token, body_key, institution_code, institution_name, area; optional path."""
    caller = Caller(
        paasid=keys["paasid"],
        token=keys["token"],
        body_key=keys["body_key"],
        institution_code=keys["institution_code"],
        institution_name=keys["institution_name"],
        area=keys["area"],
    )
    path = keys.get("path", "/{infno}")
    return Client(base_url=keys["base_url"], caller=caller, path=path, read_timeout=read_timeout)


def get_client() -> Client:
    """The process's client; made anew when the configuration changes (a sandbox restarted, settings overridden)."""
    from django.conf import settings

    configured: Mapping[str, Any] = getattr(settings, "NHSA", None) or _sandbox_keys(settings.SANDBOX_KEYS)
    fingerprint = json.dumps(configured, sort_keys=True)
    with _lock:
        if fingerprint not in _shared:
            _shared.clear()
            _shared[fingerprint] = client_from(configured)
        return _shared[fingerprint]


def _sandbox_keys(path: str) -> Mapping[str, Any]:
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    keys: Mapping[str, Any] = content["nhsa"]
    return keys
