"""Banks a payout can go to, by the clearing code of their head office."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

BANKS = {
    "102": _("Industrial and Commercial Bank of China"),
    "103": _("Agricultural Bank of China"),
    "104": _("Bank of China"),
    "105": _("China Construction Bank"),
    "301": _("Bank of Communications"),
    "308": _("China Merchants Bank"),
    "403": _("Postal Savings Bank of China"),
    "402": _("Rural credit cooperative"),
    "313": _("City commercial bank"),
}


def bank_name(code: str) -> str:
    return str(BANKS.get(code, ""))
