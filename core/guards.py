"""Switches by which a test turns one guard off to show that the fault it guards against is real.

Always on outside tests: a guard cannot be switched off in production, whatever the settings say.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

_off: set[str] = set()


def on(name: str) -> bool:
    """True unless a test switched this guard off (in-process, or for a child process by GUARDS_OFF=a,b)."""
    if not settings.TESTING:
        return True
    return name not in _off and name not in os.environ.get("GUARDS_OFF", "").split(",")


@contextmanager
def off(*names: str) -> Iterator[None]:
    """For tests only: run the block with the guards off."""
    if not settings.TESTING:
        raise RuntimeError("guards can only be switched off in tests")
    added = set(names) - _off
    _off.update(added)
    try:
        yield
    finally:
        _off.difference_update(added)
