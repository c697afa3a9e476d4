"""Ids that a row has before it is written, without a question to the database for each.

A process takes a block of ids from a sequence and gives them out itself. They never repeat, they rise roughly with
time, and blocks leave gaps: an id tells nobody how many rows there are.
"""

from __future__ import annotations

import os
import threading
from typing import Any

from django.db import connection, models

BLOCK = 1000


class Blocks:
    """The ids of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = self._next = self._end = 0

    def take(self) -> int:
        """An id that no row has. A forked child begins a block of its own."""
        with self._lock:
            if self._process != os.getpid() or self._next >= self._end:
                block = self._reserve()
                self._process, self._next, self._end = os.getpid(), block * BLOCK, (block + 1) * BLOCK
            self._next += 1
            return self._next - 1

    def _reserve(self) -> int:
        # A sequence is never rolled back, so the block stays ours whatever becomes of the transaction around us.
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('work_row_id_block')")
            row = cursor.fetchone()
        assert row is not None
        return int(row[0])


_blocks = Blocks()


class RowId(models.BigIntegerField):  # type: ignore[type-arg]  # stubs: field get/set types are inferred
    """A primary key that is known before the INSERT, for rows whose values are sealed for them."""

    def __init__(self, **kwargs: Any) -> None:
        fixed = {"primary_key": True, "editable": False}
        super().__init__(**{**kwargs, **fixed})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("primary_key", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs

    def has_default(self) -> bool:
        """Tells Django that a new instance is inserted at once, not looked for by an UPDATE first."""
        return True

    def get_default(self) -> None:
        """An instance that is only looked at takes no id, and asks no database."""

    def get_pk_value_on_save(self, instance: models.Model) -> int:
        return _blocks.take()
