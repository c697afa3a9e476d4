"""The folder in which sealed files lie where no other storage is configured (FILES_BACKEND)."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

DRAFT = ".draft-"


class DurableFolder(FileSystemStorage):
    """A file is there whole or not at all, and is still there after a power cut: the row that names it commits later.

    Only the service's account reads it. Without a location the folder is MEDIA_ROOT.
    """

    def _save(self, name: str, content: File[Any]) -> str:
        place = Path(self.path(name))
        _make_folder(place.parent)
        draft = place.parent / f"{DRAFT}{uuid.uuid4().hex}"
        try:
            with draft.open("xb") as sink:
                os.fchmod(sink.fileno(), 0o600)
                for data in content.chunks():
                    sink.write(data)
                sink.flush()
                os.fsync(sink.fileno())
            draft.rename(place)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        _flush_folder(place.parent)
        return name


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True, mode=0o700)
    _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    """The name of a new file is written to disk with its folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
