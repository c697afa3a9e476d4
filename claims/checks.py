"""What the machine looks at before a person does (C4, C12): each check is a function from a claim to one finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.lifecycle import LIVE_CLAIM_STATES, ClaimState
from claims.models import AutomaticCheck, CheckResult, Claim, ClaimDocument

# The national amounts may differ by a fen per sum; more is worth a look (standards: warn, never reject).
ROUNDING_FEN = 1


@dataclass(frozen=True)
class Finding:
    result: CheckResult
    evidence: dict[str, Any] = field(default_factory=dict)


PASSED = Finding(CheckResult.PASSED)


def cover_in_force(claim: Claim) -> Finding:
    """Sanmenxia 三(三): the stay began while the policy was in force."""
    if claim.policy.covers(claim.bill.admitted_on):
        return PASSED
    return Finding(CheckResult.FAILED, {"admitted_on": claim.bill.admitted_on.isoformat()})


def settled_once(claim: Claim) -> Finding:
    """The same settlement claimed and declined before, or the same invoice number under another claim."""
    others = Claim.objects.exclude(pk=claim.pk).exclude(state=ClaimState.WITHDRAWN)
    numbers = set(others.filter(settlement_no_index=claim.settlement_no_index).values_list("number", flat=True))
    if claim.bill.invoice_no:
        numbers |= set(others.filter(bill__invoice_no=claim.bill.invoice_no).values_list("number", flat=True))
    return Finding(CheckResult.LOOK, {"claims": sorted(numbers)}) if numbers else PASSED


def stays_do_not_overlap(claim: Claim) -> Finding:
    """Nobody lies in two hospitals; leaving one on the day the next begins is a transfer."""
    bill = claim.bill
    others = Claim.objects.exclude(pk=claim.pk).filter(insured=claim.insured, state__in=LIVE_CLAIM_STATES)
    overlapping = others.filter(bill__admitted_on__lt=bill.discharged_on, bill__discharged_on__gt=bill.admitted_on)
    numbers = sorted(overlapping.values_list("number", flat=True))
    return Finding(CheckResult.LOOK, {"claims": numbers}) if numbers else PASSED


def hospital_is_designated(claim: Claim) -> Finding:
    return PASSED if claim.bill.designated else Finding(CheckResult.LOOK)


def amounts_add_up(claim: Claim) -> Finding:
    """The national identities: total = four parts of the bill; total = funds + person + hospital."""
    bill = claim.bill
    parts = bill.out_of_catalogue_fen + bill.over_limit_fen + bill.class_b_first_fen + bill.in_scope_fen
    person = bill.account_paid_fen + bill.cash_paid_fen
    gaps = [bill.total_fen - parts, bill.personal_fen - person]
    if all(abs(gap) <= ROUNDING_FEN for gap in gaps):
        return Finding(CheckResult.LOOK, {"warnings": bill.warnings}) if bill.warnings else PASSED
    return Finding(CheckResult.LOOK, {"gap_fen": max(gaps, key=abs)})


def papers_are_new(claim: Claim) -> Finding:
    """The same file was handed in with another claim (C12). One's own bank card may come again."""
    mine = claim.documents.filter(removed_at=None).exclude(kind="BANK_CARD")
    again = ClaimDocument.objects.filter(sha256__in=mine.values("sha256"), removed_at=None).exclude(claim=claim)
    numbers = sorted(set(again.values_list("claim__number", flat=True)))
    return Finding(CheckResult.LOOK, {"claims": numbers}) if numbers else PASSED


def not_an_injury(claim: Claim) -> Finding:
    """Somebody else may be liable for an injury (Social Insurance Law 30): a person has to look."""
    return Finding(CheckResult.LOOK) if claim.bill.encounter_type == "injury" else PASSED


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
