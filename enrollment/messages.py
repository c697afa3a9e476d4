"""Text messages of this room (E13)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import sms_templates

POLICIES_ISSUED = "policies_issued"


def register() -> None:
    sms_templates.register(
        POLICIES_ISSUED,
        _(
            "[Huiminbao] Paid: %(amount)s yuan. %(count)s policies for %(year)s are ready, see “My policies”. "
            "Until cover begins you can give them back in full."
        ),
    )
