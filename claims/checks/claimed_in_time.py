"""Insurance Law 26: the claim to money of an insurance other than life lapses after two years. Whether it has lapsed
depends on when she knew of it, so a person looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims.checking import Case, Check, Finding
from core import clock

YEARS = 2


def find(case: Case) -> Finding | None:
    if case.claim.submitted_at is None:
        return None
    handed_in = clock.civil_date(case.claim.submitted_at)
    latest = (handed_in.year - YEARS, handed_in.month, handed_in.day)
    late = [day for day in (bill.discharged_on for bill in case.bills) if (day.year, day.month, day.day) < latest]
    return Finding({"discharged_on": min(late).isoformat()}) if late else None


def detail(evidence: Mapping[str, Any]) -> str:
    return str(evidence["discharged_on"])


CHECK = Check(
    label=_("Claimed within two years"),
    find=find,
    todo=_("Ask since when she knew that she could claim; the two years of the law run from then."),
    detail=detail,
)
