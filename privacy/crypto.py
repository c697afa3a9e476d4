"""Encryption at rest and keyed look-up.

Values are AES-256-GCM: bytes of version, key id, ".", nonce, ciphertext, tag. Of version 2, long ones, the text was
squeezed before (privacy.squeeze). The column's name is authenticated with the value, so a ciphertext moved to another
column does not open. The first key in FIELD_KEYS encrypts, all decrypt: rotation is re-saving rows. Equality look-up
uses an HMAC under another key.
Source: JR/T 0171, JR/T 0223 (storage encryption), reliability.md 11.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import zlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from privacy.squeeze import WORTHWHILE_BYTES, squeeze, stretch

_NONCE_BYTES = 12
_INDEX_BYTES = 16
# What a version's text was begun with (privacy/phrases); None: it is as it was given.
_PHRASES = {1: None, 2: 1}
_PLAIN, _SQUEEZED = 1, 2


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


def encrypt(plaintext: str, *, context: str) -> bytes:
    """context names the place, for example "people.person.id_number"."""
    ring = _keyring(settings.FIELD_KEYS)
    key_id = next(iter(ring))
    nonce = os.urandom(_NONCE_BYTES)
    version, text = _made_small(plaintext.encode())
    sealed = ring[key_id].encrypt(nonce, text, _authenticated(version, context))
    return bytes([version]) + key_id.encode() + b"." + nonce + sealed


def _made_small(text: bytes) -> tuple[int, bytes]:
    """The version, and the text as it is sealed."""
    if len(text) >= WORTHWHILE_BYTES and (number := _PHRASES[_SQUEEZED]) is not None:
        small = squeeze(text, phrases=number)
        if len(small) < len(text):
            return _SQUEEZED, small
    return _PLAIN, text


def _authenticated(version: int, context: str) -> bytes:
    """A squeezed value does not open as one that is not."""
    return (context if _PHRASES[version] is None else f"{context}|v{version}").encode()


def decrypt(token: bytes, *, context: str) -> str:
    """Raises CannotDecrypt."""
    try:
        version, (key_id, raw) = token[0], token[1:].split(b".", 1)
        number = _PHRASES[version]
        cipher = _keyring(settings.FIELD_KEYS)[key_id.decode()]
        text = cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _authenticated(version, context))
        return (text if number is None else stretch(text, phrases=number)).decode()
    except (ValueError, KeyError, IndexError, InvalidTag, zlib.error) as error:
        raise CannotDecrypt(f"cannot open a value of {context}") from error


def key_id_of(token: bytes) -> str:
    """The id of the key a stored value was made under: rotation looks for old ones."""
    return token[1:].split(b".", 1)[0].decode()


def as_text(token: bytes) -> str:
    """For where only text can stand: a session, a copy beside the database."""
    return base64.b64encode(token).decode()


def from_text(text: str) -> bytes:
    """The token of which `as_text` made this. Raises CannotDecrypt when it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise CannotDecrypt("no sealed value") from error


def blind_index(context: str, value: str) -> str:
    """Keyed digest for equality look-up; equal values of different columns differ. 22 characters: 128 bits (of ten
    million values the chance that any two are alike is 10^-25). Stored in every row and again in its index."""
    key = settings.BLIND_INDEX_KEY.encode()
    digest = hmac.new(key, f"{context}\0{value}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_INDEX_BYTES]).decode().rstrip("=")
