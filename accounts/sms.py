"""Client of the SMS gateway: signed JSON over HTTP, one message per id however often it is sent.

Signature: hex HMAC-SHA256(secret, METHOD \\n path \\n timestamp \\n nonce \\n hex SHA256(body)); the reply is signed
over status, timestamp, our nonce and its body, so an old or foreign reply is not believed.
Nothing here logs a number or a text; errors carry codes only.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from core import http
from core.partners import NotConfigured, Partner, Variable
from core.shapes import at_least, https_address, matching

_TOLERANCE_SECONDS = 300

SMS = Partner(
    "SMS",
    (
        Variable("BASE_URL", "the address of the text message gateway", https_address),
        Variable("CLIENT_ID", "our name with the gateway", matching(r"\S+", "one word")),
        Variable("SECRET", "the secret shared with the gateway, which signs both ways", at_least(32)),
    ),
)


class OutcomeUnknown(Exception):
    """No answer that can be believed: the message may be out or not. Send the same id again."""


class Refused(Exception):
    """The gateway will not send this message; nothing went out."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Gateway:
    base_url: str
    client_id: str
    secret: str = field(repr=False)
    timeout_seconds: float

    def send(self, *, message_id: str, phone: str, text: str) -> str:
        """The gateway's number of the message. Raises OutcomeUnknown, Refused."""
        url = f"{self.base_url}/messages"
        body = json.dumps({"message_id": message_id, "phone": phone, "text": text}, ensure_ascii=False).encode()
        nonce = secrets.token_hex(16)
        try:
            reply = http.client().post(
                url,
                content=body,
                headers=self._headers("POST", urlsplit(url).path, nonce, body),
                timeout=self.timeout_seconds,
            )
        except httpx.HTTPError as error:
            # Without the cause: its text may quote the request.
            raise OutcomeUnknown(type(error).__name__) from None
        return self._read(reply, nonce)

    def _read(self, reply: httpx.Response, nonce: str) -> str:
        if not self._is_genuine(reply, nonce):
            raise OutcomeUnknown(f"reply {reply.status_code} not signed by the gateway")
        try:
            content = reply.json()
        except ValueError:
            content = {}
        if reply.status_code == httpx.codes.OK and content.get("state") == "delivered":
            return str(content.get("serial", ""))
        # 401: our clock or key is wrong, which says nothing about the message.
        if reply.is_client_error and reply.status_code != httpx.codes.UNAUTHORIZED:
            raise Refused(str(content.get("code", reply.status_code)))
        raise OutcomeUnknown(f"reply {reply.status_code}")

    def _headers(self, method: str, target: str, nonce: str, body: bytes) -> dict[str, str]:
        # The real time, not the shifted clock: partners compare it with theirs.
        timestamp = str(int(time.time()))
        return {
            "Content-Type": "application/json",
            "X-Channel-Client": self.client_id,
            "X-Channel-Timestamp": timestamp,
            "X-Channel-Nonce": nonce,
            "X-Channel-Signature": self._sign(method, target, timestamp, nonce, hashlib.sha256(body).hexdigest()),
        }

    def _is_genuine(self, reply: httpx.Response, nonce: str) -> bool:
        timestamp = reply.headers.get("X-Channel-Timestamp", "")
        if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > _TOLERANCE_SECONDS:
            return False
        digest = hashlib.sha256(reply.content).hexdigest()
        expected = self._sign(str(reply.status_code), timestamp, nonce, digest)
        return hmac.compare_digest(expected, reply.headers.get("X-Channel-Signature", ""))

    def _sign(self, *lines: str) -> str:
        return hmac.new(self.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def gateway() -> Gateway:
    """The configured gateway. Raises OutcomeUnknown where none is (the message waits)."""
    try:
        given = SMS.values()
    except NotConfigured as missing:
        raise OutcomeUnknown(str(missing)) from None
    return Gateway(given["BASE_URL"], given["CLIENT_ID"], given["SECRET"], settings.CHANNEL_TIMEOUT_SECONDS)
