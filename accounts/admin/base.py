"""What the room's admin pages share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.masking import masked, reveal_url
from core.errors import DomainError


def masked_link(subject: models.Model, field: str) -> str:
    """The masked value and a link to where it is shown in full for a reason. For pages whose readers may do that."""
    return format_html(
        '{} <a class="ml-2 underline" href="{}">{}</a>',
        masked(subject, field) or "–",
        reveal_url(subject, field),
        _("Show in full"),
    )


def carry_out(admin: Any, request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], object], done: str) -> None:
    """Run an action on each selected row; what was refused is said row by row."""
    succeeded = 0
    for row in rows:
        try:
            act(row)
        except DomainError as error:
            admin.message_user(request, f"{row}: {error}", messages.ERROR)
        else:
            succeeded += 1
    if succeeded:
        admin.message_user(request, done % {"count": succeeded}, messages.SUCCESS)
