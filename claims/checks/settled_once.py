"""The same settlement claimed and declined before, or the same invoice number under another claim (C12)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.checking import Case, Check, Finding, claims_named
from claims.lifecycle import ClaimState
from claims.models import ClaimBill


def find(case: Case) -> Finding | None:
    settlements = [bill.settlement_no_index for bill in case.bills if bill.settlement_no_index]
    invoices = [bill.invoice_no for bill in case.bills if bill.invoice_no]
    same = ClaimBill.objects.filter(Q(settlement_no_index__in=settlements) | Q(invoice_no__in=invoices))
    # What somebody has only begun is no claim yet.
    others = same.exclude(claim=case.claim).exclude(claim__state__in=[ClaimState.DRAFT, ClaimState.WITHDRAWN])
    numbers = sorted(set(others.values_list("claim__number", flat=True)))
    return Finding({"claims": numbers}) if numbers else None


CHECK = Check(
    label=_("Bill not claimed before"),
    find=find,
    todo=_("Compare with the other claim: was it the same treatment, and was it paid?"),
    detail=claims_named,
)
