"""What outer rooms tell an inner one when the product starts: by name, once, and then never again.

The inner room declares the registry, the outer rooms register in AppConfig.ready. From the moment Django has called
every ready() nothing is added, so that all processes, and every minute of one process, know the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from django.apps import apps
from django.conf import settings

T = TypeVar("T")


class NotRegistered(LookupError):
    """Nobody registered this name: a room is not installed, or a row names what no longer exists."""


class AlreadyRegistered(RuntimeError):
    """Two rooms want the same name for different things."""


class RegistryClosed(RuntimeError):
    """The product has started: what is registered now, other processes would not know."""


class Registry(Generic[T]):
    """Things of one kind by name, in the order they came. kind: what one of them is called, for errors."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T] = {}

    def register(self, name: str, item: T) -> T:
        """Returns the item. The same again is fine: ready() may run twice. Raises AlreadyRegistered, RegistryClosed."""
        if name in self._items:
            if self._items[name] != item:
                raise AlreadyRegistered(f"{self.kind} {name!r} is registered already")
            return self._items[name]
        if apps.ready:
            raise RegistryClosed(f"{self.kind} {name!r} comes after the start: register it in AppConfig.ready")
        self._items[name] = item
        return item

    def get(self, name: str) -> T:
        """Raises NotRegistered."""
        try:
            return self._items[name]
        except KeyError:
            raise NotRegistered(f"no {self.kind} is named {name!r}") from None

    def find(self, name: str) -> T | None:
        return self._items.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def values(self) -> list[T]:
        return list(self._items.values())

    def items(self) -> list[tuple[str, T]]:
        return list(self._items.items())

    @contextmanager
    def replaced(self, name: str, item: T) -> Iterator[T]:
        """For tests only: inside the block this name means this item, whatever it meant before."""
        if not settings.TESTING:
            raise RegistryClosed("a registry can only be changed in tests")
        before = dict(self._items)
        self._items[name] = item
        try:
            yield item
        finally:
            self._items = before
