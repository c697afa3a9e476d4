"""Sanmenxia 三(三): each stay began while the policy was in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims.checking import Case, Check, Finding


def find(case: Case) -> Finding | None:
    outside = [bill.admitted_on for bill in case.bills if not case.claim.policy.covers(bill.admitted_on)]
    return Finding({"admitted_on": min(outside).isoformat()}) if outside else None


def detail(evidence: Mapping[str, Any]) -> str:
    return str(evidence["admitted_on"])


CHECK = Check(
    label=_("Cover in force"),
    find=find,
    todo=_("Nothing is paid for it. Decline with this reason, or have the policy looked at first."),
    stops=True,
    detail=detail,
)
