"""Whole numbers that nobody else has, without a question to the database for each: a process takes a block of them from
a sequence and gives them out itself.

They never repeat and rise roughly with time; blocks leave gaps. A sequence is never rolled back, so a block stays ours
whatever becomes of the transaction in which it was taken, and nobody waits for anybody's.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator

from django.db import connection


class Blocks:
    """Those of this process. reserve: the next block, in rising order."""

    def __init__(self, reserve: Callable[[], Iterable[int]]) -> None:
        self._reserve = reserve
        self._lock = threading.Lock()
        self._process = 0
        self._left: Iterator[int] = iter(())

    def take(self) -> int:
        """A number that was never given out. A forked child begins a block of its own."""
        with self._lock:
            if self._process != os.getpid():
                self._process, self._left = os.getpid(), iter(())
            for number in self._left:
                return number
            self._left = iter(self._reserve())
            return next(self._left)


def from_sequence(sequence: str, how_many: int) -> list[int]:
    """So many values of the sequence in one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, how_many])
        return sorted(int(value) for (value,) in cursor.fetchall())
