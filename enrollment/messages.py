"""Text messages of this room (E13), written in the transaction of what they tell."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from messaging import templates

POLICIES_ISSUED = "policies_issued"

_TEXTS = {
    POLICIES_ISSUED: _(
        "Paid: %(amount)s yuan. %(count)s policies for %(year)s are ready, see “My policies”. "
        "Until cover begins you can give them back in full."
    ),
}


def register() -> None:
    for name, text in _TEXTS.items():
        templates.register(name, text)
