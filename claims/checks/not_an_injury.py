"""Somebody else may be liable for an injury (Social Insurance Law 30): a person has to look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims.checking import Case, Check, Finding
from claims.models.incident import Cause, ThirdParty
from claims.questions import answers_of


def find(case: Case) -> Finding | None:
    """What the platform says of the visit, and what the claimant says herself."""
    said = answers_of(case.claim)
    evidence = {name: said[name] for name in ("cause", "third_party") if said[name]}
    if said["cause"] not in ("", Cause.ILLNESS):
        return Finding(evidence)
    return Finding() if any(bill.encounter_type == "injury" for bill in case.bills) else None


def detail(evidence: Mapping[str, Any]) -> str:
    words = [str(Cause(evidence["cause"]).label)]
    if "third_party" in evidence:
        words.append(f"{_('Somebody else responsible')} {ThirdParty(evidence['third_party']).label}")
    return " · ".join(words)


CHECK = Check(
    label=_("No third party liable"),
    find=find,
    todo=_("Find out how it happened and who pays for it; what a third party owes is not paid here."),
    detail=detail,
)
