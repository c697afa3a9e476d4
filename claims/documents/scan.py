"""Virus scan by clamd's INSTREAM, when CLAMD_URL is set ("tcp://host:3310" or "unix:///run/clamd.sock").

Without a scanner a file stays "not scanned" and is served as an attachment only. Own small client: the ready-made
ones are GPL.
"""

from __future__ import annotations

import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from claims.documents import errors

_CHUNK = 64 * 1024
_SECONDS = 10.0


class ScanState(TextChoices):
    NOT_SCANNED = "NOT_SCANNED", _("not scanned")
    CLEAN = "CLEAN", _("no virus found")


def scan(path: Path) -> ScanState:
    """Raises DomainError file_infected; Busy scanner_silent when a scanner is configured and does not answer."""
    url = getattr(settings, "CLAMD_URL", "")
    if not url:
        return ScanState.NOT_SCANNED
    try:
        reply = _instream(url, path)
    except OSError:
        raise errors.scanner_silent() from None
    if reply.endswith("OK"):
        return ScanState.CLEAN
    if reply.endswith("FOUND"):
        raise errors.infected()
    raise errors.scanner_silent()


def _instream(url: str, path: Path) -> str:
    with _connect(url) as wire:
        wire.sendall(b"zINSTREAM\0")
        with path.open("rb") as source:
            while chunk := source.read(_CHUNK):
                wire.sendall(struct.pack(">I", len(chunk)) + chunk)
        wire.sendall(struct.pack(">I", 0))
        reply = b""
        while not reply.endswith(b"\0"):
            piece = wire.recv(4096)
            if not piece:
                break
            reply += piece
    return reply.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        wire = socket.socket(socket.AF_UNIX)
        wire.settimeout(_SECONDS)
        wire.connect(parts.path)
        return wire
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 3310), timeout=_SECONDS)
