"""How many bodies may be on their way at once. Counted in the event loop alone, so without a lock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager


class Full(Exception):
    """No seat is free; the caller may come again in a moment."""


class Seats:
    """In all, and of one holder (an address, an account)."""

    def __init__(self, *, in_all: int, of_one: int) -> None:
        self.in_all, self.of_one = in_all, of_one
        self.taken: Counter[Hashable] = Counter()

    @contextmanager
    def seat(self, holder: Hashable) -> Iterator[None]:
        """Raises Full."""
        if self.taken.total() >= self.in_all or self.taken[holder] >= self.of_one:
            raise Full
        self.taken[holder] += 1
        try:
            yield
        finally:
            self.taken[holder] -= 1
            if not self.taken[holder]:
                del self.taken[holder]
