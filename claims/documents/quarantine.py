"""Files arrive here: streamed to disk under a UUID, outside the web root, never held whole in memory.

The folder is this machine's own and nothing in it outlives the request or the worker's look at one paper. What one host
hands to another is the sealed original in the storage (claims.models.PaperFile), which every host reaches.

The limit applies while the bytes come in, so a file of 10 GB costs 10 MB of disk and no memory.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import time
import unicodedata
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from claims.documents import errors, limits
from core.errors import DomainError

NAME_LENGTH = 80
# Longer than any request or worker lives.
STALE_SECONDS = 3600.0

_look_again_at: dict[Path, float] = {}


@dataclass(slots=True)
class Quarantined:
    """One file as it came. path: its place in quarantine. sha256: of the bytes the resident handed over."""

    name: str
    path: Path
    size_bytes: int = 0
    sha256: str = ""
    refusal: DomainError | None = field(default=None)

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


def quarantine_folder() -> Path:
    """This machine's folder. Whoever uses it throws away, once an hour, what a killed request or worker left there: no
    other machine could.
    """
    folder = Path(settings.QUARANTINE_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if time.monotonic() >= _look_again_at.get(folder, 0.0):
        _look_again_at[folder] = time.monotonic() + STALE_SECONDS
        _forget_stale(folder)
    return folder


def _forget_stale(folder: Path) -> None:
    """By the disk's own clock."""
    limit = time.time() - STALE_SECONDS
    for path in [path for path in folder.iterdir() if path.stat().st_mtime < limit]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def clean_name(raw: str) -> str:
    """A name fit to show: no folders, no invisible or direction-turning characters, at most 80 characters.

    A name with the right-to-left mark reads as a picture's; without the mark it reads as what it is.
    """
    last = raw.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(char for char in last if unicodedata.category(char)[0] not in "C" and char.isprintable())
    visible = unicodedata.normalize("NFC", visible).strip(" .")
    if len(visible) > NAME_LENGTH:
        stem, dot, ending = visible.rpartition(".")
        visible = (
            (stem[: NAME_LENGTH - len(ending) - 1] + dot + ending)
            if dot and len(ending) < 10
            else visible[:NAME_LENGTH]
        )
    return visible or "file"


class QuarantineHandler(FileUploadHandler):
    """Writes each part straight into quarantine and stops keeping bytes once the limit is passed."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803  (the name that Django calls it by)
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > limits.MAX_REQUEST_BYTES:
            # Known before the first byte: nothing of it is read.
            raise errors.too_much_at_once()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.item = Quarantined(name=clean_name(self.file_name or ""), path=quarantine_folder() / str(uuid.uuid4()))
        self.arrived: list[Quarantined] = arrived_files(self.request)
        self.arrived.append(self.item)
        if len(self.arrived) > limits.MAX_FILES_PER_CLAIM:
            self.item.refusal = errors.too_many()
            raise SkipFile
        self.digest = hashlib.sha256()
        self.sink = self.item.path.open("xb", buffering=0)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.item.size_bytes += len(raw_data)
        if self.item.size_bytes > limits.MAX_FILE_BYTES:
            self.sink.close()
            self.item.discard()
            self.item.refusal = errors.too_large()
            raise SkipFile
        self.digest.update(raw_data)
        self.sink.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes] | None:
        self.sink.close()
        self.item.sha256 = self.digest.hexdigest()
        # The form layer never sees the bytes: it is handed the name, and the action the quarantined file.
        return UploadedFile(file=io.BytesIO(), name=self.item.name, size=self.item.size_bytes)

    def upload_interrupted(self) -> None:
        for item in arrived_files(self.request):
            item.discard()


def arrived_files(request: HttpRequest | None) -> list[Quarantined]:
    """The files of this request, in the order they came, the refused ones among them."""
    if request is None:
        raise RuntimeError("the quarantine handler works on a request")
    if not hasattr(request, "quarantined_files"):
        request.quarantined_files = []  # type: ignore[attr-defined]  # carried from the handler to the view
    return request.quarantined_files  # type: ignore[attr-defined,no-any-return]  # as above
