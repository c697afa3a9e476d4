"""Client of partners that speak our signed JSON over HTTP: the bank's transfers, the text message gateway.

A request carries hex HMAC-SHA256(secret, METHOD \\n target \\n time \\n nonce \\n hex SHA256(body)); target is the path
as it stands on the wire, with the query. The reply is signed over status, time, our nonce and its own body. What is not
signed so, or not within five minutes of now, is no reply: whether the request was carried out is then not known.

Nothing here logs, and errors carry codes only: bodies name people and accounts.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from core import http
from core.partners import Variable
from core.shapes import at_least, certificates, https_address, matching, pem

TOLERANCE_SECONDS = 300
# The largest honest reply is a day's file of a bank; whatever goes on beyond this is not read to its end.
MOST_BYTES = 64 * 1024 * 1024
# The partner did not look at the request itself (signature, load, the number used otherwise): ask, do not conclude.
_INCONCLUSIVE = frozenset({401, 403, 404, 408, 409, 425, 429})


class NoAnswer(Exception):
    """No reply that can be believed: the request may have been carried out or not. code: stable, may be logged."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply whose signature is good. content is left out of its text: it names people."""

    status: int
    content: bytes = field(repr=False)

    @property
    def is_done(self) -> bool:
        return self.status == httpx.codes.OK

    @property
    def is_refusal(self) -> bool:
        """The partner has read the request and will never carry it out under this number."""
        return 400 <= self.status < 500 and self.status not in _INCONCLUSIVE

    @property
    def is_not_found(self) -> bool:
        return self.status == httpx.codes.NOT_FOUND

    def fields(self) -> dict[str, Any]:
        """The JSON object in it. Raises NoAnswer."""
        try:
            value = json.loads(self.content)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise NoAnswer("reply_unreadable")
        return value

    def code(self) -> str:
        """The partner's own code, or http_404 where it gives none. Raises NoAnswer."""
        given = self.fields().get("code")
        is_code = isinstance(given, str) and re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", given)
        return str(given) if is_code else f"http_{self.status}"


@dataclass(frozen=True, slots=True)
class SignedClient:
    """timeout_seconds: for a whole call, also of a partner that answers drop by drop."""

    base_url: str
    client_id: str
    secret: str = field(repr=False)
    timeout_seconds: float
    ca: str = field(default="", repr=False)

    @classmethod
    def of(cls, given: Mapping[str, str], *, timeout_seconds: float) -> Self:
        """given: the values of a partner that declares `variables`, by field."""
        return cls(given["BASE_URL"], given["CLIENT_ID"], given["SECRET"], timeout_seconds, pem(given["CA"]).decode())

    def call(self, method: str, path: str, body: bytes = b"", *, params: Mapping[str, str] | None = None) -> Reply:
        """path: under base_url, quoted. Raises NoAnswer."""
        url = httpx.URL(f"{self.base_url}{path}", params=params or None)
        nonce = secrets.token_hex(16)
        headers = self._headers(method, url.raw_path.decode("ascii"), nonce, body)
        ends_at = time.monotonic() + self.timeout_seconds
        try:
            with http.client(self.ca).stream(
                method, url, content=body, headers=headers, timeout=self.timeout_seconds
            ) as response:
                content = _read(response, ends_at=ends_at)
        except httpx.HTTPError as error:
            # Without the cause: its text may quote the request.
            raise NoAnswer(type(error).__name__) from None
        if not self._is_genuine(response, nonce, content):
            raise NoAnswer("reply_not_authentic" if response.is_success else f"http_{response.status_code}")
        return Reply(response.status_code, content)

    def _headers(self, method: str, target: str, nonce: str, body: bytes) -> dict[str, str]:
        # The real time, not the shifted clock: partners compare it with theirs.
        timestamp = str(int(time.time()))
        return {
            "Content-Type": "application/json",
            "X-Channel-Client": self.client_id,
            "X-Channel-Timestamp": timestamp,
            "X-Channel-Nonce": nonce,
            "X-Channel-Signature": signature(self.secret, method, target, timestamp, nonce, _sha256(body)),
        }

    def _is_genuine(self, response: httpx.Response, nonce: str, content: bytes) -> bool:
        timestamp = response.headers.get("X-Channel-Timestamp", "")
        is_fresh = re.fullmatch("[0-9]{1,11}", timestamp) and abs(time.time() - int(timestamp)) <= TOLERANCE_SECONDS
        expected = signature(self.secret, str(response.status_code), timestamp, nonce, _sha256(content))
        given = response.headers.get("X-Channel-Signature", "")
        return bool(is_fresh) and hmac.compare_digest(expected.encode(), given.encode())


def variables(partner: str) -> tuple[Variable, ...]:
    """What such a partner hands out. partner: what it is called for the person who fills it in, "the bank"."""
    return (
        Variable("BASE_URL", f"the address of {partner}'s service", https_address),
        Variable("CLIENT_ID", f"our name with {partner}'s service", matching(r"[!-~]+", "one word")),
        Variable("SECRET", f"the secret shared with {partner}, which signs both ways", at_least(32)),
        Variable("CA", f"the certificates that {partner}'s own authority signs with", certificates, is_optional=True),
    )


def signature(secret: str, *lines: str) -> str:
    return hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(response: httpx.Response, *, ends_at: float) -> bytes:
    """Raises NoAnswer for a reply without end, in size or in time."""
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > MOST_BYTES:
            raise NoAnswer("reply_too_large")
        if time.monotonic() > ends_at:
            raise NoAnswer("reply_too_slow")
    return bytes(content)
