"""Chosen bills are asked for on the national platform: three calls each, at once as long as the answers come within
two seconds, else by a worker (claims.actions.fetch_bills). Either way they land in the claim once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from claims import errors, notices
from claims.actions._locks import lock_claim, lock_open_report, lock_year
from claims.checklist import CLAIM_TYPE_BY_ENCOUNTER
from claims.lifecycle import ClaimState
from claims.models import BillFetch, Claim, ClaimBill, ClaimReport, ClaimWay, FetchState
from claims.selectors import claim_holding, draft_with
from claims.stays import Bill, StayNumbers, bill_to_json, deadline, find_bill
from core import clock
from core.errors import Busy
from enrollment.errors import PolicyNotFound
from enrollment.models import Policy
from people.selectors import capacity_for
from products.pool import lead_insurer
from work import numbers
from work.hints import hint_after_commit
from work.lanes import Lane


@dataclass(frozen=True)
class Choice:
    """What somebody chose. account_id: who; the filer, unless the desk does it. into: the draft that the bills join;
    none where a claim begins with them. report: what the desk was told, of which a claim begins."""

    policy: Policy
    stays: tuple[StayNumbers, ...]
    account_id: int
    into: Claim | None = None
    report: ClaimReport | None = None

    @property
    def way(self) -> str:
        if self.into is not None:
            return self.into.way
        return self.report.way if self.report else ClaimWay.RESIDENT

    @property
    def filed_by_id(self) -> int | None:
        return self.account_id if self.way == ClaimWay.RESIDENT else None

    @classmethod
    def of(cls, row: BillFetch) -> Choice:
        stays = tuple(StayNumbers.parse(each) for each in row.stays)
        return cls(policy=row.policy, stays=stays, account_id=row.account_id, into=row.into, report=row.report)

    def same_as(self, row: BillFetch) -> bool:
        chosen = sorted(str(each) for each in self.stays)
        about = (self.into and self.into.pk, self.report and self.report.pk)
        return (sorted(row.stays), (row.into_id, row.report_id)) == (chosen, about)


def gather(choice: Choice, *, wait: bool, now: datetime) -> Claim | None:
    """The claim with the chosen bills; None when a worker goes on. Asked again for what a worker is on already, nobody
    is asked twice; another choice takes the place of the one before. wait: as long as it takes."""
    under_way = BillFetch.objects.filter(account_id=choice.account_id, policy=choice.policy, state=FetchState.WAITING)
    if not wait and any(choice.same_as(row) for row in under_way):
        return None
    _require_free(choice.stays)
    found: dict[str, Bill] = {}
    until = deadline(wait=wait)
    try:
        for each in choice.stays:
            found[str(each)] = find_bill(choice.policy, each, deadline=until)
    except Busy as slow:
        if slow.code != "platform_slow" or wait:
            raise
        _ask_a_worker(choice, found, now=now)
        return None
    with transaction.atomic():
        claim = land(choice, found.values(), now=now)
        # What a worker was on is no longer what she wants.
        BillFetch.objects.filter(account_id=choice.account_id, policy=choice.policy).delete()
    return claim


def _ask_a_worker(choice: Choice, found: dict[str, Bill], *, now: datetime) -> None:
    """The bills that came in time go with the row; a row of before goes, and with it whoever works on it."""
    with transaction.atomic():
        BillFetch.objects.filter(account_id=choice.account_id, policy=choice.policy).delete()
        row = BillFetch(
            account_id=choice.account_id,
            policy=choice.policy,
            into=choice.into,
            report=choice.report,
            stays=[str(each) for each in choice.stays],
            found={number: bill_to_json(bill) for number, bill in found.items()},
            created_at=now,
            next_attempt_at=now,
        )
        # Two tabs ask once.
        BillFetch.objects.bulk_create([row], ignore_conflicts=True)
        hint_after_commit(Lane.CODES)


def land(choice: Choice, found: Iterable[Bill], *, now: datetime) -> Claim:
    """The bills are in the claim, once: whoever comes second finds the draft of the first. In the caller's transaction.

    Raises NotFound policy_not_found when the filer may act for the insured no longer; DomainError
    visit_type_not_covered, outside_cover, bills_of_two_kinds; Conflict settlement_already_claimed, claim_not_editable.
    """
    if choice.filed_by_id and not capacity_for(choice.filed_by_id, choice.policy.insured_id):
        raise PolicyNotFound()
    bills = sorted(found, key=_settled)
    _require_claimable(choice.policy, bills)
    lock_year(choice.policy, now=now)
    _require_free(choice.stays)
    if choice.into is not None:
        return _add(choice.into, bills, now=now)
    known = _of_the_report(choice.report) if choice.report else _begun(choice)
    return known or _create(choice, bills, now=now)


def _begun(choice: Choice) -> Claim | None:
    return draft_with(choice.stays, policy=choice.policy, filed_by_id=choice.account_id)


def _of_the_report(report: ClaimReport) -> Claim | None:
    return ClaimReport.objects.select_related("claim").get(pk=report.pk).claim


def _require_free(stays: Iterable[StayNumbers]) -> None:
    for each in stays:
        holder = claim_holding(each.settlement_no)
        if holder is not None:
            raise errors.settlement_taken(holder.number)


def _require_claimable(policy: Policy, bills: list[Bill]) -> None:
    for bill in bills:
        if bill["encounter_type"] not in CLAIM_TYPE_BY_ENCOUNTER:
            raise errors.not_covered_type()
        if not policy.covers(bill["admitted_on"]):
            raise errors.admitted_outside_cover()
    if len({CLAIM_TYPE_BY_ENCOUNTER[bill["encounter_type"]] for bill in bills}) > 1:
        raise errors.bills_of_two_kinds()


def _settled(bill: Bill) -> tuple[float, str]:
    return (bill["settled_at"].timestamp() if bill["settled_at"] else 0.0, bill["settlement_no"])


def _create(choice: Choice, bills: list[Bill], *, now: datetime) -> Claim:
    policy = choice.policy
    first_day = min(bill["admitted_on"] for bill in bills)
    claim = Claim.objects.create(
        number=numbers.next_number("CL", clock.civil_date(now).year),
        policy=policy,
        insured=policy.insured,
        filed_by_id=choice.filed_by_id,
        way=choice.way,
        claim_type=CLAIM_TYPE_BY_ENCOUNTER[bills[0]["encounter_type"]],
        insurer=lead_insurer(policy.plan_year, first_day, area=policy.insured.insurance_area),
        created_at=now,
    )
    _write(claim, bills, after=0, now=now)
    if choice.report is not None:
        report = lock_open_report(choice.report)
        report.claim = claim
        report.save(update_fields=["claim"])
        notices.claim_registered(claim, now=now)
    return claim


def _add(claim: Claim, bills: list[Bill], *, now: datetime) -> Claim:
    locked = lock_claim(claim)
    if locked.state != ClaimState.DRAFT:
        raise errors.not_editable()
    if any(CLAIM_TYPE_BY_ENCOUNTER[bill["encounter_type"]] != locked.claim_type for bill in bills):
        raise errors.bills_of_two_kinds()
    here = {bill.settlement_no for bill in locked.bills.all()}
    new = [bill for bill in bills if bill["settlement_no"] not in here]
    _write(locked, new, after=locked.bills.aggregate(last=Max("position"))["last"] or 0, now=now)
    return locked


def _write(claim: Claim, bills: list[Bill], *, after: int, now: datetime) -> None:
    for position, bill in enumerate(bills, start=after + 1):
        ClaimBill.objects.create(claim=claim, position=position, imported_at=now, **bill)
