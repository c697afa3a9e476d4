"""The bytes of a sealed object: AES-256-GCM in pieces of 256 KB, so that a large file needs little memory.

    1 byte version, 7 bytes at random, then each piece with its tag of 16 bytes; an empty file has one empty piece.

A piece's nonce is the random bytes, its place in the file and whether it is the last; the object's name is
authenticated with every piece. So pieces cannot be moved, left out, added or cut off, and an object does not open in
another one's place. Source: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance" (2015), the STREAM construction.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 256 * 1024
_VERSION = b"\x01"
_PREFIX, _TAG = 7, 16


class Altered(Exception):
    """The bytes are not those that were sealed under this name and key."""


def new_key() -> bytes:
    """32 bytes, for one object."""
    return AESGCM.generate_key(256)


def seal(source: Iterable[bytes], sink: IO[bytes], *, key: bytes, name: str) -> None:
    """Write the source sealed into the sink. A key seals one object and never a second."""
    cipher, prefix = AESGCM(key), os.urandom(_PREFIX)
    sink.write(_VERSION + prefix)
    for place, (piece, last) in enumerate(_with_last(_pieces(source))):
        sink.write(cipher.encrypt(_nonce(prefix, place, last), piece, name.encode()))


def unseal(source: IO[bytes], *, key: bytes, name: str) -> Iterator[bytes]:
    """The plain pieces, each once it is known to be right. Raises Altered; what came before is genuine but not all."""
    cipher = AESGCM(key)
    head = source.read(1 + _PREFIX)
    if len(head) != 1 + _PREFIX or head[:1] != _VERSION:
        raise Altered(name)
    sealed = iter(lambda: source.read(PIECE + _TAG), b"")
    place = -1
    for place, (piece, last) in enumerate(_with_last(sealed)):
        try:
            yield cipher.decrypt(_nonce(head[1:], place, last), piece, name.encode())
        except (InvalidTag, ValueError):
            raise Altered(name) from None
    if place < 0:
        raise Altered(name)


def _nonce(prefix: bytes, place: int, last: bool) -> bytes:
    return prefix + place.to_bytes(4, "big") + bytes([last])


def _pieces(source: Iterable[bytes]) -> Iterator[bytes]:
    """Cut and joined to PIECE bytes; at least one piece."""
    waiting = bytearray()
    for data in source:
        waiting += data
        while len(waiting) > PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    yield bytes(waiting)


def _with_last(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    held: bytes | None = None
    for piece in pieces:
        if held is not None:
            yield held, False
        held = piece
    if held is not None:
        yield held, True
