"""What no row names goes after a day; what a row names and is gone comes before a person."""

from __future__ import annotations

import os
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from core import clock, guards
from tests.parcels.models import Label, Parcel, Waybill
from work.files import LOST, sweep_files
from work.models import HumanTask

pytestmark = pytest.mark.django_db
OLD, YOUNG = timedelta(hours=25), timedelta(hours=23)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def parcel() -> Parcel:
    return Parcel.objects.create()


def aged(path: Path, age: timedelta) -> Path:
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))
    return path


def sweep_at_once() -> int:
    """The 24 turns of a day, all by the clock of this moment."""
    return sum(sweep_files(now=clock.now(), turn=turn) for turn in range(24))


def test_an_orphan_goes_after_a_day_and_not_before(parcel: Parcel, folder: Path) -> None:
    """Its transaction was rolled back, or its process was killed between object and commit."""
    old, young = (Waybill.write(b"x", parcel=parcel) for _ in range(2))
    aged(folder / old.object_name, OLD)
    aged(folder / young.object_name, YOUNG)
    assert sweep_at_once() == 1
    assert not (folder / old.object_name).exists()
    assert (folder / young.object_name).exists()


def test_what_a_row_names_stays_however_old(parcel: Parcel, folder: Path) -> None:
    file = Waybill.write(b"x", parcel=parcel)
    file.save(force_insert=True)
    aged(folder / file.object_name, timedelta(days=4000))
    assert sweep_at_once() == 0
    assert file.read() == b"x"
    assert not HumanTask.objects.exists()


def test_without_its_guard_the_sweep_would_take_what_a_transaction_has_just_written(
    parcel: Parcel, folder: Path
) -> None:
    Waybill.write(b"x", parcel=parcel)
    with guards.off("files.orphans_by_age"):
        assert sweep_at_once() == 1


def test_without_its_guard_the_sweep_would_take_what_a_row_names(parcel: Parcel, folder: Path) -> None:
    file = Waybill.write(b"x", parcel=parcel)
    file.save(force_insert=True)
    aged(folder / file.object_name, OLD)
    with guards.off("files.orphans_unnamed"):
        assert sweep_at_once() == 1


def test_half_a_file_of_a_killed_process_goes_and_a_strangers_file_stays(parcel: Parcel, folder: Path) -> None:
    beside = (folder / Waybill.write(b"x", parcel=parcel).object_name).parent
    half = aged_file(beside / f".draft-{uuid.uuid4().hex}")
    strange = aged_file(beside / "README")
    assert sweep_at_once() == 1
    assert (half.exists(), strange.exists()) == (False, True)


def aged_file(path: Path) -> Path:
    path.write_bytes(b"x")
    return aged(path, OLD)


def test_a_file_that_is_gone_comes_before_a_person_once(parcel: Parcel, folder: Path) -> None:
    file = Waybill.write(b"x", parcel=parcel)
    file.save(force_insert=True)
    (folder / file.object_name).unlink()
    sweep_at_once()
    sweep_at_once()
    task = HumanTask.objects.get()
    assert (task.kind, task.key) == (LOST, file.object_name)
    assert str(file.pk) in task.reason


def test_of_what_can_be_drawn_again_the_row_goes_instead(parcel: Parcel, folder: Path) -> None:
    label = Label.write(b"x", parcel=parcel, content_key="k", rendered_at=clock.now())
    label.save(force_insert=True)
    (folder / label.object_name).unlink()
    sweep_at_once()
    assert not Label.objects.exists()
    assert not HumanTask.objects.exists()


def test_every_shelf_has_its_turn_once_a_day(parcel: Parcel, folder: Path, settings: Settings) -> None:
    for _ in range(30):
        aged(folder / Waybill.write(b"x", parcel=parcel).object_name, timedelta(days=3))
    removed = [sweep_files(now=clock.now(), turn=turn) for turn in range(24)]
    assert sum(removed) == 30
    assert len([count for count in removed if count]) > 5
