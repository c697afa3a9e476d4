"""The national identities of each bill: total = its parts; what the funds and the hospital left = what the person
paid. A difference is worth a look, never a refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

import benefits
from claims.checking import Case, Check, Finding
from claims.explain import amount_name
from claims.models import ClaimBill
from core.money import format_yuan

# The national amounts may differ by a fen per sum.
ROUNDING_FEN = 1


def find(case: Case) -> Finding | None:
    gaps = [gap for bill in case.bills for gap in _gaps(bill)]
    if any(abs(gap) > ROUNDING_FEN for gap in gaps):
        return Finding({"gap_fen": max(gaps, key=abs)})
    warnings = [warning for bill in case.bills for warning in bill.warnings]
    return Finding({"warnings": warnings}) if warnings else None


def _gaps(bill: ClaimBill) -> tuple[int, int]:
    return bill.total_fen - bill.sum_fen("part"), bill.personal_fen - bill.sum_fen("person")


def detail(evidence: Mapping[str, Any]) -> str:
    if "gap_fen" in evidence:
        return gettext("%(gap)s yuan apart") % {"gap": format_yuan(evidence["gap_fen"])}
    return " ".join(dict.fromkeys(_sentence(warning) for warning in evidence["warnings"]))


# By the codes of nhsa.settlement: "code:difference_fen", then ":line_no" of a line or ":name" of an amount.
_SENTENCES = {
    "total_vs_parts": _("The total and its parts are %(gap)s yuan apart."),
    "funds_vs_layers": _("What all funds paid and what each of them paid are %(gap)s yuan apart."),
    "total_vs_payers": _("The total and what everybody paid are %(gap)s yuan apart."),
    "personal_vs_account_and_cash": _("The person's part and what came from account and cash are %(gap)s yuan apart."),
    "total_vs_lines": _("The total and the fee lines are %(gap)s yuan apart."),
    "out_of_catalogue_vs_lines": _(
        "The cost outside the catalogue and the fee lines outside it are %(gap)s yuan apart."
    ),
    "line_without_amount": _("Fee line %(which)s has no amount; its parts are %(gap)s yuan."),
    "line_vs_parts": _("Fee line %(which)s and its parts are %(gap)s yuan apart."),
}


def _sentence(warning: str) -> str:
    """Of a code without a sentence: that something does not add up, never the code."""
    code, _colon, rest = warning.partition(":")
    gap, _colon, which = rest.partition(":")
    gap_fen = int(gap) if re.fullmatch("[+-]?[0-9]{1,18}", gap) else 0
    if code == "negative":
        words = {"amount": _amount_named(which), "gap": format_yuan(gap_fen)}
        return gettext("%(amount)s is below nothing: %(gap)s yuan.") % words
    sentence = _SENTENCES.get(code, _("Amounts of the bill do not add up."))
    return str(sentence) % {"gap": format_yuan(abs(gap_fen)), "which": which}


def _amount_named(name: str) -> str:
    amount = next((one for one in benefits.BILL_AMOUNTS if one.field == name), None)
    return amount_name(amount) if amount else gettext("An amount of the bill")


CHECK = Check(
    label=_("Amounts add up"),
    find=find,
    todo=_("Compare the sums with the invoice; ask the hospital which of them is right."),
    detail=detail,
)
