"""How large a request's body may be, declared by the view: known at the edge before a byte of it is read.

    @takes_body(max_bytes, door=check)

Every other view takes at most DATA_UPLOAD_MAX_MEMORY_SIZE. `door(request, **captured)` is asked once the caller is
known to hold the view's permission and before the body is read; it raises what the view itself would raise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "declared_body"


@dataclass(frozen=True, slots=True)
class Body:
    max_bytes: int
    door: Callable[..., object] | None = None


def takes_body(max_bytes: int, *, door: Callable[..., object] | None = None) -> Callable[[View], View]:
    """Outermost decorator of a view, so that the router sees it."""

    def mark(view: View) -> View:
        setattr(view, _MARK, Body(max_bytes, door))
        return view

    return mark


def body_of(view: Callable[..., Any]) -> Body:
    """What the view declared, or the size that every form may have."""
    declared = getattr(view, _MARK, None)
    return declared if isinstance(declared, Body) else Body(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
