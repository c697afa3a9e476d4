"""Rows and objects compared, a shelf at a time: objects that no row names, and rows whose object is gone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.apps import apps
from django.core.files.storage import Storage, storages

from core import guards
from privacy.files import STORAGE, SealedFile
from privacy.storage import DRAFT

log = structlog.get_logger(__name__)

# Longer than any transaction may run: whose object is younger, that row may still come.
ORPHAN_AFTER = timedelta(days=1)
SHELVES = tuple(f"{number:02x}" for number in range(256))


@dataclass(frozen=True)
class Swept:
    """removed: how many orphans are gone now. missing: rows whose object is not there."""

    removed: int
    missing: tuple[SealedFile, ...]


def models_with_files() -> list[type[SealedFile]]:
    return [model for model in apps.get_models() if issubclass(model, SealedFile)]


def sweep_shelf(model: type[SealedFile], shelf: str, *, now: datetime) -> Swept:
    """shelf: two hex digits. now: the real time, as the storage has it, not the product's shifted clock."""
    store, folder = storages[STORAGE], f"{model.folder}/{shelf}"
    # Rows first: an object is there before its row, so a row seen here whose object is not listed after has none.
    known = {pk.hex for pk in _on(model, shelf).values_list("pk", flat=True)}
    listed = _names(store, folder)
    removed = sum(_remove(store, f"{folder}/{name}", model, now=now) for name in sorted(_unnamed(listed, known)))
    gone = [row for row in _on(model, shelf).filter(pk__in=known - listed) if not store.exists(row.object_name)]
    return Swept(removed, tuple(gone))


def _on(model: type[SealedFile], shelf: str):  # type: ignore[no-untyped-def]  # a queryset of the subclass
    first, last = uuid.UUID(shelf + "0" * 30), uuid.UUID(shelf + "f" * 30)
    return model._default_manager.filter(pk__range=(first, last))


def _unnamed(listed: set[str], known: set[str]) -> set[str]:
    return listed - known if guards.on("files.orphans_unnamed") else listed


def _names(store: Storage, folder: str) -> set[str]:
    try:
        return set(store.listdir(folder)[1])
    except FileNotFoundError:
        return set()


def _remove(store: Storage, path: str, model: type[SealedFile], *, now: datetime) -> bool:
    """An object that no row names and that is old enough; or half a file that a killed process left."""
    name = path.rpartition("/")[2]
    try:
        row_id = None if name.startswith(DRAFT) else uuid.UUID(name)
    except ValueError:
        log.warning("files.stranger", object=path)  # not ours, so not ours to delete
        return False
    try:
        if guards.on("files.orphans_by_age") and store.get_modified_time(path) > now - ORPHAN_AFTER:
            return False
    except FileNotFoundError:
        return False  # a colleague was first
    if row_id and guards.on("files.orphans_unnamed") and model._default_manager.filter(pk=row_id).exists():
        return False  # its row came since
    store.delete(path)
    return True
