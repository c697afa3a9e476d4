"""What the machine looks at before a person does (C4, C12): each check is a function from a claim to one finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.lifecycle import ClaimState
from claims.models import AutomaticCheck, CheckResult, Claim, ClaimBill, ClaimDocument

# The national amounts may differ by a fen per sum; more is worth a look (standards: warn, never reject).
ROUNDING_FEN = 1


@dataclass(frozen=True)
class Finding:
    result: CheckResult
    evidence: dict[str, Any] = field(default_factory=dict)


PASSED = Finding(CheckResult.PASSED)


def cover_in_force(claim: Claim) -> Finding:
    """Sanmenxia 三(三): each stay began while the policy was in force."""
    outside = [bill.admitted_on for bill in claim.bills.all() if not claim.policy.covers(bill.admitted_on)]
    return Finding(CheckResult.FAILED, {"admitted_on": min(outside).isoformat()}) if outside else PASSED


def _others() -> QuerySet[ClaimBill]:
    """Bills of claims that were handed in: what somebody has only begun is no claim yet."""
    return ClaimBill.objects.exclude(claim__state__in=[ClaimState.DRAFT, ClaimState.WITHDRAWN])


def settled_once(claim: Claim) -> Finding:
    """The same settlement claimed and declined before, or the same invoice number under another claim."""
    own = list(claim.bills.all())
    settlements = [bill.settlement_no_index for bill in own if bill.settlement_no_index]
    invoices = [bill.invoice_no for bill in own if bill.invoice_no]
    same = _others().filter(Q(settlement_no_index__in=settlements) | Q(invoice_no__in=invoices))
    return _look_at(same.exclude(claim=claim))


def stays_do_not_overlap(claim: Claim) -> Finding:
    """Nobody lies in two hospitals; leaving one on the day the next begins is a transfer."""
    numbers: set[str] = set()
    for bill in claim.bills.all():
        others = ClaimBill.objects.filter(Q(held=True, claim__insured=claim.insured) | Q(claim=claim))
        overlapping = others.filter(admitted_on__lt=bill.discharged_on, discharged_on__gt=bill.admitted_on)
        numbers |= set(overlapping.exclude(pk=bill.pk).values_list("claim__number", flat=True))
    return Finding(CheckResult.LOOK, {"claims": sorted(numbers)}) if numbers else PASSED


def _look_at(bills: QuerySet[ClaimBill]) -> Finding:
    numbers = sorted(set(bills.values_list("claim__number", flat=True)))
    return Finding(CheckResult.LOOK, {"claims": numbers}) if numbers else PASSED


def hospital_is_designated(claim: Claim) -> Finding:
    return PASSED if all(bill.designated for bill in claim.bills.all()) else Finding(CheckResult.LOOK)


def amounts_add_up(claim: Claim) -> Finding:
    """The national identities of each bill: total = its parts; what the funds and the hospital left = what the person
    paid."""
    bills = list(claim.bills.all())
    gaps = [gap for bill in bills for gap in _gaps(bill)]
    if any(abs(gap) > ROUNDING_FEN for gap in gaps):
        return Finding(CheckResult.LOOK, {"gap_fen": max(gaps, key=abs)})
    warnings = [warning for bill in bills for warning in bill.warnings]
    return Finding(CheckResult.LOOK, {"warnings": warnings}) if warnings else PASSED


def _gaps(bill: ClaimBill) -> tuple[int, int]:
    return bill.total_fen - bill.sum_fen("part"), bill.personal_fen - bill.sum_fen("person")


def papers_are_new(claim: Claim) -> Finding:
    """The same file was handed in with another claim (C12). One's own bank card may come again."""
    mine = claim.documents.filter(removed_at=None).exclude(kind="BANK_CARD")
    again = ClaimDocument.objects.filter(sha256__in=mine.values("sha256"), removed_at=None).exclude(claim=claim)
    numbers = sorted(set(again.values_list("claim__number", flat=True)))
    return Finding(CheckResult.LOOK, {"claims": numbers}) if numbers else PASSED


def not_an_injury(claim: Claim) -> Finding:
    """Somebody else may be liable for an injury (Social Insurance Law 30): a person has to look."""
    injured = any(bill.encounter_type == "injury" for bill in claim.bills.all())
    return Finding(CheckResult.LOOK) if injured else PASSED


CHECKS: dict[str, tuple[Promise, Callable[[Claim], Finding]]] = {
    "cover_in_force": (_("Cover in force"), cover_in_force),
    "settled_once": (_("Bill not claimed before"), settled_once),
    "stays_do_not_overlap": (_("No overlapping stay"), stays_do_not_overlap),
    "hospital_is_designated": (_("Designated hospital"), hospital_is_designated),
    "amounts_add_up": (_("Amounts add up"), amounts_add_up),
    "papers_are_new": (_("Papers not used before"), papers_are_new),
    "not_an_injury": (_("No third party liable"), not_an_injury),
}


BILL_STILL_STANDS = "bill_still_stands"
LABELS: dict[str, Promise] = {
    **{code: label for code, (label, _check) in CHECKS.items()},
    BILL_STILL_STANDS: _("Bill not taken back"),
}


def record(claim: Claim, *, bill_stands: bool | None, now: datetime) -> list[AutomaticCheck]:
    """Run all checks and keep what they found as the claim's next run. In the caller's transaction.

    bill_stands: whether the platform still shows the settlement, asked before the transaction; None: it was silent.
    """
    last = claim.checks.order_by("-run").values_list("run", flat=True).first() or 0
    silent = Finding(CheckResult.LOOK, {"platform": "silent"})
    stands = {True: PASSED, False: Finding(CheckResult.FAILED), None: silent}[bill_stands]
    findings = {code: check(claim) for code, (_label, check) in CHECKS.items()} | {BILL_STILL_STANDS: stands}
    rows = []
    for code, finding in findings.items():
        rows.append(
            AutomaticCheck(
                claim=claim, run=last + 1, code=code, result=finding.result, evidence=finding.evidence, at=now
            )
        )
    return AutomaticCheck.objects.bulk_create(rows)
