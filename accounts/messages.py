"""Text messages of this room."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from messaging import templates
from work.lanes import Lane

LOGIN_CODE = "login_code"
NAME_CORRECTED = "name_corrected"


def register() -> None:
    templates.register(
        LOGIN_CODE,
        _(
            "Your sign-in code is %(code)s, valid for %(minutes)s minutes. "
            "Our staff will never ask you for it; please give it to nobody."
        ),
        lane=Lane.CODES,
        secret=True,
    )
    templates.register(NAME_CORRECTED, _("The name on your account has been corrected as you asked."))
