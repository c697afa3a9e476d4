"""Files as the rooms read them: what is lost is told to people, and its reader gets a page instead of a failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import structlog
from django.utils.translation import gettext_lazy as _

from core.errors import Busy, NotFound
from privacy.file_sweep import SHELVES, models_with_files, sweep_shelf
from privacy.files import FileLost, RedrawnFile, SealedFile, destroy, discard
from work.leases import open_human_task

log = structlog.get_logger(__name__)

# The kind of task under which a lost file comes before a person.
LOST = "file_lost"


def read_file(file: SealedFile, *, now: datetime) -> bytes:
    """For what is small. Raises NotFound file_lost, with a case for people; Busy files_away."""
    try:
        return file.read()
    except FileLost as lost:
        raise told(lost, now=now) from None


def file_pieces(file: SealedFile, *, now: datetime) -> Iterator[bytes]:
    """Piece by piece, whole before the first. Raises NotFound file_lost, with a case for people; Busy files_away."""
    try:
        return file.pieces()
    except FileLost as lost:
        raise told(lost, now=now) from None


def told(lost: FileLost, *, now: datetime) -> NotFound:
    """An error in the log, a case, and what the reader is told."""
    name = lost.file.object_name
    log.error("files.lost", object=name, how=lost.how)
    open_human_task(kind=LOST, key=name, reason=f"{lost.how}: {lost.file._meta.label} {lost.file.pk}", now=now)
    return NotFound(
        "file_lost",
        _("This file cannot be shown: it is not in its place. We have been told and will look for it. Please call us."),
    )


R = TypeVar("R", bound=RedrawnFile)


def kept_or_drawn(model: type[R], *, content_key: str, draw: Callable[[], bytes], now: datetime, **owner: Any) -> bytes:
    """The kept copy, else a new one, which is kept. owner: the row it belongs to, as in policy=policy.

    With the storage away, or the kept copy lost, the reader gets what she asked for all the same.
    """
    kept = model._default_manager.filter(content_key=content_key, **owner)
    found = kept.first()
    try:
        if found is not None:
            return found.read()
    except FileLost as lost:
        if lost.how == "missing":
            log.warning("files.copy_gone", object=lost.file.object_name)
        else:
            told(lost, now=now)
        destroy(kept)
    except Busy:
        return draw()
    content = draw()
    try:
        file = model.write(content, content_key=content_key, rendered_at=now, **owner)
    except Busy:
        return content
    model._default_manager.bulk_create([file], ignore_conflicts=True)
    if not kept.filter(pk=file.pk).exists():
        discard([file])  # somebody drew the same at the same moment
    return content


def sweep_files(*, now: datetime, turn: int | None = None) -> int:
    """Orphans removed and lost files told, on the shelves whose turn it is: of 24 turns, by default this hour's.

    now: for the cases. The storage counts by the real clock, and so does the age of an orphan.
    """
    hour = int(time.time() // 3600)
    shelves = [shelf for shelf in SHELVES if int(shelf, 16) % 24 == (hour if turn is None else turn) % 24]
    removed = 0
    for model in models_with_files():
        for shelf in shelves:
            swept = sweep_shelf(model, shelf, now=datetime.fromtimestamp(time.time(), UTC))
            removed += swept.removed
            for file in swept.missing:
                _look_after(file, now=now)
    return removed


def _look_after(file: SealedFile, *, now: datetime) -> None:
    if isinstance(file, RedrawnFile):
        destroy(type(file)._default_manager.filter(pk=file.pk))
    else:
        told(FileLost(file, "missing"), now=now)
