"""What changes a few times a year and is asked for on every page: kept in the process for a little while.

Only for what nobody's rights hang on: a change is seen by every process after the seconds given here at the latest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
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
