"""Somebody else may be liable for an injury (Social Insurance Law 30): a person has to look."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from claims.checking import Case, Check, Finding


def find(case: Case) -> Finding | None:
    return Finding() if any(bill.encounter_type == "injury" for bill in case.bills) else None


CHECK = Check(
    label=_("No third party liable"),
    find=find,
    todo=_("Find out how it happened and who pays for it; what a third party owes is not paid here."),
)
