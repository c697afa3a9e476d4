"""The hospital has not taken a bill back since it was chosen: asked of the national platform when the claim comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims.checking import Case, Check, Finding


def find(case: Case) -> Finding | None:
    if case.bill_stands is None:
        return Finding({"platform": "silent"}, sure=False)
    return None if case.bill_stands else Finding()


def detail(evidence: Mapping[str, Any]) -> str:
    return gettext("the national platform did not answer") if "platform" in evidence else ""


CHECK = Check(
    label=_("Bill not taken back"),
    find=find,
    todo=_("Ask the hospital whether it has settled the treatment anew; then it is another bill."),
    stops=True,
    detail=detail,
)
