"""Encryption at rest and keyed look-up.

Values are AES-256-GCM: "v1.<key id>.<base64(nonce|ciphertext|tag)>". The column's name is authenticated
with the value, so a ciphertext moved to another column does not open. The first key in FIELD_KEYS
encrypts, all decrypt: rotation is re-saving rows. Equality look-up uses an HMAC under another key.
Source: JR/T 0171, JR/T 0223 (storage encryption), reliability.md 11.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The value was made under a key we do not hold, belongs to another column, or was altered."""


@lru_cache(maxsize=4)
def _keyring(setting: str) -> dict[str, AESGCM]:
    keys: dict[str, AESGCM] = {}
    for item in setting.split(","):
        key_id, _, encoded = item.strip().partition(":")
        raw = base64.urlsafe_b64decode(encoded)
        if len(raw) != 32 or not key_id or "." in key_id:
            raise ImproperlyConfigured("FIELD_KEYS must be 'id:base64(32 bytes)' separated by commas.")
        keys[key_id] = AESGCM(raw)
    return keys


def encrypt(plaintext: str, *, context: str) -> str:
    """context names the place, for example "people.person.id_number"."""
    ring = _keyring(settings.FIELD_KEYS)
    key_id = next(iter(ring))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = ring[key_id].encrypt(nonce, plaintext.encode(), context.encode())
    return f"v1.{key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(token: str, *, context: str) -> str:
    """Raises CannotDecrypt."""
    try:
        version, key_id, body = token.split(".", 2)
        raw = base64.urlsafe_b64decode(body)
        if version != "v1":
            raise CannotDecrypt(f"unknown version in {context}")
        cipher = _keyring(settings.FIELD_KEYS)[key_id]
        return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode()).decode()
    except (ValueError, KeyError, InvalidTag) as error:
        raise CannotDecrypt(f"cannot open a value of {context}") from error


def key_id_of(token: str) -> str:
    """The id of the key a stored value was made under: rotation looks for old ones."""
    return token.split(".", 2)[1]


def blind_index(context: str, value: str) -> str:
    """Keyed digest for equality look-up; equal values of different columns differ. 64 hex characters."""
    key = settings.BLIND_INDEX_KEY.encode()
    return hmac.new(key, f"{context}\0{value}".encode(), hashlib.sha256).hexdigest()
