"""What is asked for again and again, kept in the process.

`Kept`: what changes a few times a year and is asked for on every page, for a little while. Only for what nobody's
rights hang on: a change is seen by every process after the seconds given here at the latest.
`Made`: what follows from its key alone (a digest) and takes long to make; it never goes stale.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from django.conf import settings

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Answers of `ask` by key, each kept for so many seconds. In tests nothing is kept."""

    def __init__(self, ask: Callable[[K], V], *, seconds: float, most: int = 1000) -> None:
        self._ask = ask
        self._seconds = 0.0 if settings.TESTING else seconds
        self._most = most
        self._answers: dict[K, tuple[float, V]] = {}

    def __call__(self, key: K) -> V:
        asked_at, answer = self._answers.get(key, (float("-inf"), None))
        if time.monotonic() - asked_at < self._seconds:
            return answer  # type: ignore[return-value]  # None stands only beside a time that has passed
        answer = self._ask(key)
        if len(self._answers) >= self._most:
            self._answers.clear()  # keys come from addresses: a stranger must not fill the memory
        self._answers[key] = (time.monotonic(), answer)
        return answer


class Made(Generic[K, V]):
    """The `most` answers that were asked for last. Two threads that ask for the same at once may both make it."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._made: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def __call__(self, key: K, make: Callable[[], V]) -> V:
        """key: everything that the answer depends on. Raises what `make` raises, and then keeps nothing."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        answer = make()
        with self._lock:
            self._made[key] = answer
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return answer
