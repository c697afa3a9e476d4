"""Files at rest: AES-256-GCM under a key of their own, which lies encrypted in the document's row.

Losing the disk without the database reveals nothing; destroying the row's key destroys the file.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12
# As it came: evidence should the drawn copy ever differ. Read by the worker alone, handed out to nobody.
ORIGINAL = "original"


def new_key() -> str:
    return base64.urlsafe_b64encode(AESGCM.generate_key(256)).decode()


def folder_of(document: UUID) -> Path:
    # Two hex characters as a shelf: a folder of a million files is slow to list and to back up.
    text = str(document)
    return Path(settings.MEDIA_ROOT) / "claims" / "documents" / text[:2] / text


def write_part(document: UUID, part: str, data: bytes, *, key: str) -> None:
    """part: ORIGINAL, "clean" or "page-3". Written beside and renamed, so a reader never meets half a file."""
    folder = folder_of(document)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + AESGCM(base64.urlsafe_b64decode(key)).encrypt(nonce, data, f"{document}/{part}".encode())
    draft = folder / f".{part}.{os.getpid()}"
    draft.write_bytes(sealed)
    draft.rename(folder / part)


def read_part(document: UUID, part: str, *, key: str) -> bytes:
    """Raises FileNotFoundError, cryptography's InvalidTag when the file was altered or swapped."""
    sealed = (folder_of(document) / part).read_bytes()
    cipher = AESGCM(base64.urlsafe_b64decode(key))
    return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], f"{document}/{part}".encode())


def remove_all(document: UUID) -> None:
    folder = folder_of(document)
    if folder.is_dir():
        for part in folder.iterdir():
            part.unlink(missing_ok=True)
        folder.rmdir()
