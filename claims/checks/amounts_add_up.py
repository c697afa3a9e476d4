"""The national identities of each bill: total = its parts; what the funds and the hospital left = what the person
paid. A difference is worth a look, never a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims.checking import Case, Check, Finding
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
    return "、".join(evidence["warnings"])


CHECK = Check(
    label=_("Amounts add up"),
    find=find,
    todo=_("Compare the sums with the invoice; ask the hospital which of them is right."),
    detail=detail,
)
