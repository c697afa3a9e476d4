"""Files out of the database: sealed objects in the storage "sealed" (settings.STORAGES), named by rows.

    file = PaperFile.write(pieces, document=document, part="clean")     # the object lies there, durable
    with transaction.atomic():
        file.save()                                                     # from the commit on it counts

The object is written before its row commits, so no committed row lacks its object. What was written for a transaction
that failed is an orphan: thrown away at once where we can (`provisional`), by the sweep (privacy.file_sweep) otherwise.
Every object has a key of its own, which lies encrypted in the row: losing the storage reveals nothing, and deleting
the row destroys the file. Source: reliability.md 10, PIPL 51.
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, ClassVar, Self

import structlog
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Busy
from privacy import crypto, sealing
from privacy.fields import EncryptedTextField

log = structlog.get_logger(__name__)

STORAGE = "sealed"
# What is held in memory of an object on its way; the rest lies, sealed, in a temporary file.
_HELD_BYTES = 512 * 1024


class FileLost(Exception):
    """The row is there, its file is not to be had. how: "missing", "altered", or "locked" (its key does not open)."""

    def __init__(self, file: SealedFile, how: str) -> None:
        super().__init__(f"{how}: {file.object_name}")
        self.file, self.how = file, how


class SealedFile(models.Model):
    """A file in object storage. id: the object's name. sha256, size_bytes: of the plain file. key: its own, encrypted.

    Subclasses say in which folder of the storage their objects lie, once and for ever: the whole name is authenticated
    with the content.
    """

    folder: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    key = EncryptedTextField()

    class Meta:
        abstract = True

    @property
    def object_name(self) -> str:
        """Shelves by two hex digits: a folder of a million files is slow to list and to back up."""
        return f"{self.folder}/{self.pk.hex[:2]}/{self.pk.hex}"

    @classmethod
    def write(cls, content: bytes | Iterable[bytes], **fields: Any) -> Self:
        """Seal the content and put it in its place. The row is returned unsaved: save it in your transaction.

        Needs the memory of a piece or two, whatever the size. Raises Busy files_away.
        """
        key = sealing.new_key()
        file = cls(id=uuid.uuid4(), key=base64.urlsafe_b64encode(key).decode(), **fields)
        digest, size = hashlib.sha256(), 0

        def measured() -> Iterator[bytes]:
            nonlocal size
            for data in [content] if isinstance(content, bytes) else content:
                digest.update(data)
                size += len(data)
                yield data

        with _temporary() as sealed:
            sealing.seal(measured(), sealed, key=key, name=file.object_name)
            sealed.seek(0)
            with _store() as store:
                name = store.save(file.object_name, File(sealed))
        if name != file.object_name:
            raise RuntimeError(f"the storage put {file.object_name} at {name}: it must keep names as they are")
        file.sha256, file.size_bytes = digest.hexdigest(), size
        return file

    def read(self) -> bytes:
        """For what is small. Raises FileLost, Busy files_away."""
        with self._fetch() as sealed:
            content = b"".join(self._unseal(sealed))
        self._compare(hashlib.sha256(content).hexdigest())
        return content

    def pieces(self) -> Iterator[bytes]:
        """The file piece by piece, known to be whole before the first one leaves: nobody is sent half of it.

        Raises FileLost, Busy files_away, both at once.
        """
        sealed = self._fetch()
        try:
            digest = hashlib.sha256()
            for piece in self._unseal(sealed):
                digest.update(piece)
            self._compare(digest.hexdigest())
        except BaseException:
            sealed.close()
            raise
        sealed.seek(0)
        return self._sent(sealed)

    def _sent(self, sealed: IO[bytes]) -> Iterator[bytes]:
        with sealed:
            yield from self._unseal(sealed)

    def _fetch(self) -> IO[bytes]:
        """The object as it lies in the storage, in a temporary file of ours."""
        sealed = _temporary()
        try:
            with _store() as store, store.open(self.object_name) as source:
                for data in source.chunks():
                    sealed.write(data)
        except FileNotFoundError:
            sealed.close()
            raise FileLost(self, "missing") from None
        except BaseException:
            sealed.close()
            raise
        sealed.seek(0)
        return sealed

    def _unseal(self, sealed: IO[bytes]) -> Iterator[bytes]:
        try:
            key = base64.urlsafe_b64decode(self.key)
        except crypto.CannotDecrypt:
            raise FileLost(self, "locked") from None
        try:
            yield from sealing.unseal(sealed, key=key, name=self.object_name)
        except sealing.Altered:
            raise FileLost(self, "altered") from None

    def _compare(self, sha256: str) -> None:
        """The row may have been given another file's key: then the object opens under no name, or is another one."""
        if sha256 != self.sha256:
            raise FileLost(self, "altered")


class RedrawnFile(SealedFile):
    """The kept copy of something that can be drawn again: row and object may be deleted at any time.

    content_key: digest of everything that went into it, so that changed content finds no old file.
    """

    content_key = models.CharField(max_length=64)
    rendered_at = models.DateTimeField()

    class Meta:
        abstract = True


def pieces_of(path: Path) -> Iterator[bytes]:
    """A plain file on disk, for `write`."""
    with path.open("rb") as source:
        while data := source.read(sealing.PIECE):
            yield data


def destroy(files: models.QuerySet[Any]) -> None:
    """Delete these rows, and with them the keys; the objects go when the transaction commits."""
    gone: list[SealedFile] = list(files)
    files.delete()
    transaction.on_commit(lambda: discard(gone))


def discard(files: Iterable[SealedFile]) -> None:
    """Throw away the objects of rows that are gone or never came. What cannot be reached now, the sweep removes."""
    for file in files:
        try:
            storages[STORAGE].delete(file.object_name)
        except Exception as error:  # a storage raises whatever its library does
            log.warning("files.not_discarded", object=file.object_name, error=type(error).__name__)


@contextmanager
def provisional() -> Iterator[list[Any]]:
    """For files that are written now and saved later: those in the list are thrown away when the block fails."""
    written: list[SealedFile] = []
    try:
        yield written
    except BaseException:
        # The block may fail after its commit, or in it, without a word of how it ended.
        discard(file for file in written if _has_no_row(file))
        raise


def _has_no_row(file: SealedFile) -> bool:
    """False when that cannot be known now."""
    try:
        return not type(file)._default_manager.filter(pk=file.pk).exists()
    except DatabaseError:
        return False


@contextmanager
def _store() -> Iterator[Storage]:
    """The storage; whatever its library raises becomes Busy files_away. A missing object stays FileNotFoundError."""
    try:
        yield storages[STORAGE]
    except FileNotFoundError:
        raise
    except Exception as error:
        log.error("files.store_away", error=type(error).__name__)
        raise Busy("files_away", _("Files cannot be kept or fetched just now. Please try again in a minute.")) from None


def _temporary() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_HELD_BYTES, dir=settings.FILE_UPLOAD_TEMP_DIR)
