"""Files lie sealed in a storage; their rows hold what opens them. Shown on the waybills of parcels."""

from __future__ import annotations

import base64
import os
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import File
from django.core.files.storage import InMemoryStorage, Storage, storages
from django.db import connection, transaction
from pytest_django import Settings

from core import clock, guards
from core.errors import Busy
from privacy.file_sweep import models_with_files
from privacy.files import FileLost, destroy, provisional
from privacy.sealing import PIECE
from tests.parcels.models import Parcel, Waybill
from work.files import sweep_files

pytestmark = pytest.mark.django_db

LETTER = "王桂英的住院病历".encode()
Committing = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def parcel() -> Parcel:
    return Parcel.objects.create()


def kept(parcel: Parcel, content: bytes = LETTER) -> Waybill:
    file = Waybill.write(content, parcel=parcel)
    file.save(force_insert=True)
    return Waybill.objects.get(pk=file.pk)


def objects(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def how_lost(file: Waybill) -> str:
    """Both ways of reading say the same, and neither lets a byte out before."""
    said = set()
    for read in (file.read, file.pieces):
        with pytest.raises(FileLost) as lost:
            read()
        said.add(lost.value.how)
    [how] = said
    return how


class TestAFile:
    @pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
    def test_comes_back_as_it_was(self, parcel: Parcel, size: int) -> None:
        content = os.urandom(size)
        file = kept(parcel, content)
        assert file.read() == content
        assert b"".join(file.pieces()) == content
        assert file.size_bytes == size

    def test_is_unreadable_in_the_storage_and_its_key_in_the_row(self, parcel: Parcel, folder: Path) -> None:
        file = kept(parcel)
        [lies] = objects(folder)
        assert str(lies.relative_to(folder)) == f"parcels/waybills/{file.pk.hex[:2]}/{file.pk.hex}"
        assert LETTER not in lies.read_bytes()
        with connection.cursor() as cursor:
            cursor.execute("SELECT key, sha256 FROM parcels_waybill")
            key, digest = cursor.fetchone()
        assert key[0] == 1
        assert file.key.encode() not in key
        assert len(digest) == 64

    def test_is_for_the_services_account_alone(self, parcel: Parcel, folder: Path) -> None:
        kept(parcel)
        [lies] = objects(folder)
        assert (lies.stat().st_mode & 0o777, lies.parent.stat().st_mode & 0o777) == (0o600, 0o700)

    def test_of_twenty_megabytes_needs_the_memory_of_a_few_pieces(self, parcel: Parcel) -> None:
        piece = os.urandom(100_000)
        tracemalloc.start()
        file = Waybill.write((piece for _ in range(200)), parcel=parcel)
        file.save(force_insert=True)
        assert sum(len(data) for data in Waybill.objects.get().pieces()) == 20_000_000
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4_000_000


class TestAnObject:
    """...that is not what was put there."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda sealed: sealed[:-1],
            lambda sealed: sealed[: 8 + 2 * (PIECE + 16)],
            lambda sealed: sealed[:8],
            lambda sealed: b"",
            lambda sealed: sealed + b"x",
            lambda sealed: sealed[:300_000] + bytes([sealed[300_000] ^ 1]) + sealed[300_001:],
            lambda sealed: sealed[:8] + sealed[8 + PIECE + 16 : 8 + 2 * (PIECE + 16)] + sealed[8 : 8 + PIECE + 16]
            + sealed[8 + 2 * (PIECE + 16) :],
        ],
        ids=["cut by a byte", "cut by a piece", "only a head", "empty", "longer", "a bit turned", "two pieces swapped"],
    )  # fmt: skip
    def test_does_not_open(self, parcel: Parcel, folder: Path, change: Callable[[bytes], bytes]) -> None:
        file = kept(parcel, os.urandom(2 * PIECE + 1000))
        [lies] = objects(folder)
        lies.write_bytes(change(lies.read_bytes()))
        assert how_lost(file) == "altered"

    def test_does_not_open_in_the_place_of_another(self, parcel: Parcel, folder: Path) -> None:
        one, other = kept(parcel, b"one"), kept(parcel, b"other")
        (folder / other.object_name).write_bytes((folder / one.object_name).read_bytes())
        other.key = one.key
        other.save()
        assert how_lost(Waybill.objects.get(pk=other.pk)) == "altered"

    def test_is_not_what_the_row_says_when_the_digest_differs(self, parcel: Parcel) -> None:
        file = kept(parcel)
        file.sha256 = "0" * 64
        assert how_lost(file) == "altered"

    def test_that_is_gone_is_missing(self, parcel: Parcel, folder: Path) -> None:
        file = kept(parcel)
        objects(folder)[0].unlink()
        assert how_lost(file) == "missing"


class TestTheKey:
    def test_of_a_row_is_sealed_anew_when_the_row_is_saved_and_the_object_stays(
        self, parcel: Parcel, folder: Path, settings: Settings
    ) -> None:
        file = kept(parcel)
        lies = objects(folder)[0].read_bytes()
        old, new = settings.FIELD_KEYS, f"k2:{base64.urlsafe_b64encode(bytes(range(32))).decode()}"
        settings.FIELD_KEYS = f"{new},{old}"
        assert file.key  # opened, so that saving seals it anew
        file.save()
        settings.FIELD_KEYS = new
        assert Waybill.objects.get(pk=file.pk).read() == LETTER
        assert objects(folder)[0].read_bytes() == lies

    def test_that_we_do_not_hold_locks_the_file(self, parcel: Parcel, settings: Settings) -> None:
        file = kept(parcel)
        settings.FIELD_KEYS = f"k2:{base64.urlsafe_b64encode(bytes(range(32))).decode()}"
        assert how_lost(file) == "locked"


def write_and_fail(parcel: Parcel, *, within: bool) -> None:
    """Within the transaction, or right after its commit."""
    with provisional() as written:
        with transaction.atomic():
            written.append(Waybill.write(LETTER, parcel=parcel))
            assert storages["sealed"].exists(written[0].object_name), "the object is there before its row commits"
            written[0].save(force_insert=True)
            _ = 1 / (0 if within else 1)
        _ = 1 / 0


class TestATransaction:
    def test_that_fails_leaves_neither_row_nor_object(self, parcel: Parcel, folder: Path) -> None:
        with pytest.raises(ZeroDivisionError):
            write_and_fail(parcel, within=True)
        assert (Waybill.objects.count(), objects(folder)) == (0, [])

    def test_that_has_committed_keeps_its_object_whatever_fails_afterwards(self, parcel: Parcel, folder: Path) -> None:
        with pytest.raises(ZeroDivisionError):
            write_and_fail(parcel, within=False)
        assert Waybill.objects.get().read() == LETTER

    def test_takes_the_object_away_at_its_commit_and_not_before(
        self, parcel: Parcel, folder: Path, django_capture_on_commit_callbacks: Committing
    ) -> None:
        kept(parcel)
        with django_capture_on_commit_callbacks(execute=True):
            destroy(Waybill.objects.all())
            assert objects(folder), "the transaction may still be rolled back"
        assert (Waybill.objects.count(), objects(folder)) == (0, [])


class Away(Storage):
    """A storage that does not answer, as its library says it: some exception of its own."""

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        raise RuntimeError("endpoint http://secret@files.example timed out")

    def _save(self, name: str, content: File[Any]) -> str:
        raise RuntimeError("endpoint http://secret@files.example timed out")

    def exists(self, name: str) -> bool:
        return False


class Renaming(Away):
    def _save(self, name: str, content: File[Any]) -> str:
        return f"{name}_1"


@pytest.fixture
def of_class(settings: Settings) -> Callable[[type[Storage]], None]:
    def use(storage: type[Storage]) -> None:
        where = f"{storage.__module__}.{storage.__qualname__}"
        settings.STORAGES = {**settings.STORAGES, "sealed": {"BACKEND": where}}

    return use


class TestAStorage:
    def test_that_is_away_is_busy_and_its_words_are_kept_from_people(
        self, parcel: Parcel, of_class: Callable[[type[Storage]], None]
    ) -> None:
        file = kept(parcel)
        of_class(Away)
        for act in (lambda: Waybill.write(LETTER, parcel=parcel), file.read, file.pieces):
            with pytest.raises(Busy) as refusal:
                act()
            assert refusal.value.code == "files_away"
            assert "secret" not in str(refusal.value)

    def test_that_gives_other_names_is_refused(self, parcel: Parcel, of_class: Callable[[type[Storage]], None]) -> None:
        of_class(Renaming)
        with pytest.raises(RuntimeError, match="must keep names"):
            Waybill.write(LETTER, parcel=parcel)


class TestTheFolder:
    def test_holds_no_half_file_when_writing_fails(self, folder: Path) -> None:
        class Broken(File):
            def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
                yield b"first half"
                raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            storages["sealed"].save("parcels/waybills/ab/abc", Broken(None))
        assert objects(folder) == []

    def test_is_on_disk_before_the_row_may_commit(self, parcel: Parcel, monkeypatch: pytest.MonkeyPatch) -> None:
        flushed = []
        monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(str(Path(f"/proc/self/fd/{handle}").readlink())))
        file = Waybill.write(LETTER, parcel=parcel)
        assert ".draft-" in flushed[-2]
        assert flushed[-1].endswith(f"parcels/waybills/{file.pk.hex[:2]}")


def test_no_two_kinds_of_files_share_a_folder() -> None:
    folders = [model.folder for model in models_with_files()]
    assert len(folders) == len(set(folders)) >= 3


def test_any_storage_of_django_will_do(parcel: Parcel, of_class: Callable[[type[Storage]], None]) -> None:
    """One that has no folders, and forgets nothing until it is told to."""
    of_class(InMemoryStorage)
    file = kept(parcel)
    orphan = Waybill.write(b"nobody's", parcel=parcel)
    assert (file.read(), b"".join(file.pieces())) == (LETTER, LETTER)
    assert (day_of_sweeps(), orphan.read()) == (0, b"nobody's")
    with guards.off("files.orphans_by_age"):
        assert day_of_sweeps() == 1
    assert how_lost(orphan) == "missing"
    assert file.read() == LETTER


def day_of_sweeps() -> int:
    return sum(sweep_files(now=clock.now(), turn=turn) for turn in range(24))
