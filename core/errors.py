"""Errors that a person can act on: a stable code for machines, a sentence for people.

Every refusal in the product is one of these. `str(error)` is the finished, translated sentence;
`error.code` never changes once published.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """A request that cannot be carried out, with what to do about it.

    code: stable snake_case name. message: sentence (lazy translation) with %(name)s places filled from params.
    field: the form field it belongs to, if any. status: HTTP status an adapter should answer with.
    """

    status = 400

    def __init__(
        self,
        code: str,
        message: str | Promise,
        *,
        field: str | None = None,
        status: int | None = None,
        **params: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.params = params
        if status is not None:
            self.status = status

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text

    def __repr__(self) -> str:
        # The sentence may quote what a person typed; logs get the code alone.
        return f"{type(self).__name__}({self.code!r})"


class NotAllowed(DomainError):
    """The actor lacks the permission."""

    status = 403


class NotFound(DomainError):
    """No such thing, or not this person's: the two must look the same from outside."""

    status = 404


class Conflict(DomainError):
    """Somebody else was first, or the same key came with other content."""

    status = 409


class IllegalTransition(Conflict):
    """The lifecycle has no such edge."""


class Busy(DomainError):
    """A lock or a partner did not answer in time; nothing was changed; try again."""

    status = 503
