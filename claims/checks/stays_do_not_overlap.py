"""Nobody lies in two hospitals; leaving one on the day the next begins is a transfer."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.checking import Case, Check, Finding, claims_named
from claims.models import ClaimBill


def find(case: Case) -> Finding | None:
    numbers: set[str] = set()
    for bill in case.bills:
        others = ClaimBill.objects.filter(Q(held=True, claim__insured=case.claim.insured) | Q(claim=case.claim))
        overlapping = others.filter(admitted_on__lt=bill.discharged_on, discharged_on__gt=bill.admitted_on)
        numbers |= set(overlapping.exclude(pk=bill.pk).values_list("claim__number", flat=True))
    return Finding({"claims": sorted(numbers)}) if numbers else None


CHECK = Check(
    label=_("No overlapping stay"),
    find=find,
    todo=_("Ask the hospitals which of the stays was so, before anything is proposed."),
    detail=claims_named,
)
