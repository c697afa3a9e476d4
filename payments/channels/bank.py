"""The insurer's bank: transfers by instruction number, signed JSON over HTTP.

Requests carry hex HMAC-SHA256 over method, path, time, nonce and body digest; replies are signed over status, time,
the request's nonce and body digest. A reply without a good signature is no reply.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import httpx

from core import http
from payments import conf
from payments.channels.base import Kind, Outcome, Payout, canonical
from payments.conf import BankCredentials

_STATES = {"accepted": Kind.PENDING, "paid": Kind.PAID, "bounced": Kind.BOUNCED, "rejected": Kind.REFUSED}
# The bank did not read the instruction at all (signature, load, number used otherwise): ask, do not conclude.
_INCONCLUSIVE = frozenset({401, 403, 404, 408, 409, 425, 429})


@dataclass(frozen=True)
class BankChannel:
    credentials: BankCredentials

    code: ClassVar[str] = "BANK"

    def encode_payout(self, payout: Payout) -> bytes:
        return canonical(
            {
                "instruction_no": payout.number,
                "payer_account": self.credentials.payer_account,
                "payee_name": payout.payee_name,
                "payee_account": payout.account_no,
                "payee_bank": payout.bank_code,
                "amount_fen": payout.amount_fen,
                "purpose": payout.narrative,
            }
        )

    def send(self, body: bytes) -> Outcome:
        status, reply, problem = self._call("POST", "/transfers", body)
        if problem:
            return Outcome.unknown(problem)
        if status == 200:
            return _outcome(reply)
        code = str(reply.get("code", f"http_{status}"))
        if 400 <= status < 500 and status not in _INCONCLUSIVE:
            return Outcome(Kind.REFUSED, code=code, text=str(reply.get("message", "")))
        return Outcome.unknown(code)

    def query(self, number: str) -> Outcome:
        status, reply, problem = self._call("GET", f"/transfers/{quote(number, safe='')}", b"")
        if problem:
            return Outcome.unknown(problem)
        if status == 200:
            return _outcome(reply)
        code = str(reply.get("code", f"http_{status}"))
        return Outcome(Kind.NOT_FOUND, code=code) if status == 404 else Outcome.unknown(code)

    def _call(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any], str]:
        """(status, reply, ""), or (0, {}, code of the problem) when there is no reply that can be trusted."""
        url = f"{self.credentials.base_url}{path}"
        nonce = secrets.token_hex(16)
        try:
            response = http.client().request(
                method,
                url,
                content=body,
                headers=self._headers(method, url, nonce, body),
                timeout=conf.timeout_seconds(),
            )
        except httpx.HTTPError as error:
            return 0, {}, type(error).__name__
        if not self._is_authentic(response, nonce):
            return 0, {}, "reply_not_authentic" if response.is_success else f"http_{response.status_code}"
        try:
            reply = json.loads(response.content)
        except ValueError:
            return 0, {}, "reply_unreadable"
        return (response.status_code, reply, "") if isinstance(reply, dict) else (0, {}, "reply_unreadable")

    def _headers(self, method: str, url: str, nonce: str, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        signature = self._sign(method, urlsplit(url).path, timestamp, nonce, hashlib.sha256(body).hexdigest())
        return {
            "Content-Type": "application/json",
            "X-Channel-Client": self.credentials.client_id,
            "X-Channel-Timestamp": timestamp,
            "X-Channel-Nonce": nonce,
            "X-Channel-Signature": signature,
        }

    def _is_authentic(self, response: httpx.Response, nonce: str) -> bool:
        expected = self._sign(
            str(response.status_code),
            response.headers.get("X-Channel-Timestamp", ""),
            nonce,
            hashlib.sha256(response.content).hexdigest(),
        )
        return hmac.compare_digest(expected.encode(), response.headers.get("X-Channel-Signature", "").encode())

    def _sign(self, *lines: str) -> str:
        return hmac.new(self.credentials.secret.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def _outcome(reply: dict[str, Any]) -> Outcome:
    try:
        kind = _STATES[reply["state"]]
        paid_at = datetime.fromisoformat(reply["paid_at"]) if reply.get("paid_at") else None
        if type(reply["amount_fen"]) is not int or (kind in (Kind.PAID, Kind.BOUNCED) and paid_at is None):
            return Outcome.unknown("reply_unreadable")
        return Outcome(
            kind,
            code=str(reply["state"]),
            text=str(reply.get("reason") or ""),
            transaction_no=str(reply["serial"]),
            amount_fen=reply["amount_fen"],
            at=paid_at,
        )
    except (KeyError, ValueError, TypeError):
        return Outcome.unknown("reply_unreadable")
