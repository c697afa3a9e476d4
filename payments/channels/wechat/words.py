"""What people read about WeChat Pay."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from payments.channels.base import Cashier

LABEL = _("WeChat Pay")

# WeChat's H5 address is good for 5 minutes; a minute is left for the walk.
CASHIER = Cashier(
    lifetime=timedelta(minutes=4),
    opening=_("We are opening WeChat Pay for you."),
    title=_("Please pay in WeChat"),
    text=_("Please confirm in WeChat by %(time)s. Nothing is taken before you confirm."),
    button=_("Pay in WeChat"),
    button_again=_("Open WeChat Pay again"),
)
