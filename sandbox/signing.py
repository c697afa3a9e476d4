"""Signatures of the channels, written from their descriptions and independently of the portal's clients.

nhsa gateway  x-tif-signature = hex SHA256(timestamp + token + nonce + timestamp)
nhsa body     cainfo = hex HMAC-SHA256(body_key, lines); the gateway signature does not cover the body, so the
              envelope's own field for a digital signature does (regions use SM2/SM3 here: a setting of the region)
bank, sms     hex HMAC-SHA256(secret, METHOD \\n path?query \\n timestamp \\n nonce \\n hex SHA256(body))
wechat        SHA256-RSA2048 over "timestamp\\nnonce\\nbody\\n"
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import sqlite3
import time
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

TOLERANCE_SECONDS = 300


class SignatureRefused(Exception):
    """code: stale, forged, replayed, missing. The message was not executed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def request_hash(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def tif_signature(token: str, timestamp: str, nonce: str) -> str:
    return hashlib.sha256(f"{timestamp}{token}{nonce}{timestamp}".encode()).hexdigest()


def hmac_lines(key: str, *lines: str) -> str:
    return hmac.new(key.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()


def sha256_hex(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def check_fresh(timestamp: str) -> None:
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        raise SignatureRefused("stale")


def check_equal(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise SignatureRefused("forged")


def check_nonce(db: sqlite3.Connection, caller: str, nonce: str) -> None:
    """A nonce is good once; remembered for as long as its timestamp could still be fresh."""
    now = time.time()
    db.execute("DELETE FROM nonce WHERE at < ?", (now - 2 * TOLERANCE_SECONDS - 10,))
    try:
        db.execute("INSERT INTO nonce (caller, nonce, at) VALUES (?, ?, ?)", (caller, nonce, now))
    except sqlite3.IntegrityError:
        raise SignatureRefused("replayed") from None


def hmac_reply_headers(secret: str, request_nonce: str, status: int, body: bytes) -> dict[str, str]:
    """The reply's signature binds it to the request by the request's nonce: an old reply cannot be played again."""
    timestamp = str(int(time.time()))
    signature = hmac_lines(secret, str(status), timestamp, request_nonce, sha256_hex(body))
    return {"X-Channel-Timestamp": timestamp, "X-Channel-Nonce": request_nonce, "X-Channel-Signature": signature}


# Reading a key checks its primes, which takes longer than signing with it.
@lru_cache(maxsize=8)
def _private_key(pem: str) -> RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


@lru_cache(maxsize=8)
def _public_key(pem: str) -> RSAPublicKey:
    key = serialization.load_pem_public_key(pem.encode())
    assert isinstance(key, RSAPublicKey)
    return key


def rsa_sign(private_key_pem: str, *lines: str) -> str:
    message = "".join(f"{line}\n" for line in lines).encode()
    signature = _private_key(private_key_pem).sign(message, PKCS1v15(), hashes.SHA256())
    return base64.b64encode(signature).decode()


def rsa_check(public_key_pem: str, signature: str, *lines: str) -> None:
    key = _public_key(public_key_pem)
    message = "".join(f"{line}\n" for line in lines).encode()
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        raise SignatureRefused("forged") from None


def new_nonce() -> str:
    return secrets.token_hex(16)
