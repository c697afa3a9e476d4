"""What people read about the personal account."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from payments.channels.base import Refusal

LABEL = _("Medical personal account")
# Whose account pays. The balance is not shown: it is the platform's to know and changes any minute.
FROM_WHOSE = _("From the account of %(name)s; you see the result at once")

NOT_ALLOWED = "personal_account_not_allowed"
NO_ACCOUNT = Refusal(
    NOT_ALLOWED, _("Only employees' insurance has a personal account that can pay. Please pay in another way.")
)
NOT_PROVED = Refusal(
    NOT_ALLOWED,
    _(
        "Your personal account may pay for a relative only once it is confirmed that you are relatives. "
        "Until then please pay in another way."
    ),
)
NOT_CLOSE = Refusal(
    NOT_ALLOWED,
    _("A personal account may pay for yourself and close relatives only. Please pay for this order in another way."),
)

# By the platform's code: what to do. Anything else gets the general sentence.
REFUSALS = {
    "acct_balance": _("Your personal account does not hold enough money. Nothing was taken."),
    "acct_no_account": _("You have no active personal account to pay from. Nothing was taken."),
    "acct_relation_not_allowed": _(
        "A personal account may pay for yourself and close relatives only. Nothing was taken."
    ),
    "acct_kin_unknown": _(
        "The platform does not know this family relation yet. Please check the relation, or pay in another way."
        " Nothing was taken."
    ),
}
