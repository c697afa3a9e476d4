"""Stays that the national platform knows of an insured person (C3): found, never typed.

The platform is asked with no transaction open. It leaves out settlements that the hospital has taken back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from decimal import ROUND_UP
from typing import Any

import structlog

import benefits
from claims import errors
from claims.checklist import CLAIM_TYPE_BY_ENCOUNTER
from claims.models import Claim
from core import clock
from core.errors import DomainError
from enrollment.models import Policy
from nhsa import (
    FeeLine,
    NhsaError,
    NhsaNotFound,
    Settlement,
    client_of,
    fetch_settlement,
    fetch_settlements,
    settlement_stands,
)

log = structlog.get_logger(__name__)

# What a page waits for in all; what takes longer goes on in a worker, or is looked at by a person.
PATIENCE_SECONDS = 2.0

# The columns of ClaimBill, for a bill that the platform gave and that no claim has yet.
Bill = dict[str, Any]

# A stay that began before the cover may still touch the period; it is listed as "not covered" rather than hidden.
_LOOK_BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class StayNumbers:
    """The numbers under which the platform knows a settled visit: it wants both."""

    visit_no: str
    settlement_no: str

    def __str__(self) -> str:
        """As a form carries them."""
        return f"{self.visit_no} {self.settlement_no}"

    @classmethod
    def parse(cls, text: str) -> StayNumbers:
        """Raises DomainError settlement_not_found for anything that is not two numbers."""
        visit_no, _blank, settlement_no = text.partition(" ")
        if not visit_no or not settlement_no:
            raise errors.settlement_not_found()
        return cls(visit_no, settlement_no)


@dataclass(frozen=True, slots=True)
class ListedStay:
    """What a list shows of a settled visit."""

    visit_no: str
    settlement_no: str
    hospital_name: str
    encounter_type: str
    admitted_on: date
    discharged_on: date
    total_fen: int
    personal_fen: int

    @property
    def numbers(self) -> StayNumbers:
        return StayNumbers(self.visit_no, self.settlement_no)

    @classmethod
    def of(cls, stay: Settlement) -> ListedStay:
        return cls(*(getattr(stay, field.name) for field in fields(cls)))

    def to_json(self) -> dict[str, Any]:
        days = {"admitted_on": self.admitted_on.isoformat(), "discharged_on": self.discharged_on.isoformat()}
        return {**asdict(self), **days}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> ListedStay:
        days = {name: date.fromisoformat(kept[name]) for name in ("admitted_on", "discharged_on")}
        return cls(**{**kept, **days})


def deadline(*, wait: bool = False) -> float | None:
    """Until when a page that begins to ask now waits, as time.monotonic(); wait: as long as it takes."""
    return None if wait else time.monotonic() + PATIENCE_SECONDS


@contextmanager
def speaks() -> Iterator[None]:
    """Raises Busy platform_slow in the place of a time-out, platform_silent of whatever else kept it from answering."""
    try:
        yield
    except NhsaNotFound:
        raise
    except NhsaError as error:
        log.warning("stays.platform_silent", code=error.code, msgid=error.msgid)
        raise (errors.platform_slow() if error.code == "timeout" else errors.platform_silent()) from None


def find_stays(policy: Policy, *, now: datetime, deadline: float | None = None) -> list[ListedStay]:
    """Settled visits of the insured around the policy's cover, oldest first, without their fee lines.

    deadline: moment of time.monotonic() until which the answer is waited for. Raises Busy platform_slow,
    platform_silent.
    """
    insured = policy.insured
    until = min(policy.cover_to + _LOOK_BACK, clock.civil_date(now) + timedelta(days=1))
    since = policy.cover_from - _LOOK_BACK
    if until <= since:
        return []
    try:
        with speaks():
            found = fetch_settlements(
                client_of(policy.plan_year.scheme),
                psn_no=insured.psn_no,
                area=insured.insurance_area,
                since=since,
                until=until,
                deadline=deadline,
            )
    except NhsaNotFound:
        return []
    return [ListedStay.of(stay) for stay in found]


def claimable(found: list[ListedStay], policy: Policy, *, into: Claim | None = None) -> list[ListedStay]:
    """Those of a covered kind that began while the policy was in force, newest first.

    into: a claim that they would join: then those of its kind that it has not yet.
    """
    covered = [stay for stay in found if stay.encounter_type in CLAIM_TYPE_BY_ENCOUNTER]
    if into is not None:
        here = {bill.settlement_no for bill in into.bills.all()}
        covered = [stay for stay in covered if stay.settlement_no not in here]
        covered = [stay for stay in covered if CLAIM_TYPE_BY_ENCOUNTER[stay.encounter_type] == into.claim_type]
    return [stay for stay in reversed(covered) if policy.covers(stay.admitted_on)]


def find_bill(policy: Policy, numbers: StayNumbers, *, deadline: float | None = None) -> Bill:
    """One settled visit of the insured with its fee lines, as columns of ClaimBill.

    deadline: as for find_stays. Raises DomainError settlement_not_found, Busy platform_slow, platform_silent.
    """
    try:
        with speaks():
            client = client_of(policy.plan_year.scheme)
            return bill_fields(fetch_settlement(client, **_key(policy, numbers), deadline=deadline))
    except NhsaNotFound:
        raise errors.settlement_not_found() from None


def still_stands(claim: Claim, *, wait: bool = False) -> bool | None:
    """Whether the platform still shows every bill of the claim; None when it does not answer in time. One call a bill.
    wait: as long as it takes, where money leaves."""
    until = deadline(wait=wait)
    numbers = [StayNumbers(bill.visit_no, bill.settlement_no) for bill in claim.bills.all() if bill.settlement_no]
    try:
        with speaks():
            client = client_of(claim.policy.plan_year.scheme)
            return all(settlement_stands(client, **_key(claim.policy, each), deadline=until) for each in numbers)
    except NhsaNotFound:
        return False
    except DomainError:
        return None


def _key(policy: Policy, numbers: StayNumbers) -> dict[str, str]:
    insured = policy.insured
    return {**asdict(numbers), "psn_no": insured.psn_no, "area": insured.insurance_area}


def bill_fields(stay: Settlement) -> Bill:
    """What the platform left blank is not stated, which is not the same as nothing."""
    return {
        "settlement_no": stay.settlement_no,
        "visit_no": stay.visit_no,
        "amounts": {
            amount.field: stay.amounts[amount.field]
            for amount in benefits.BILL_AMOUNTS
            if amount.field in stay.amounts and amount.field not in stay.blank
        },
        "hospital_name": stay.hospital_name,
        "hospital_code": stay.hospital_code,
        "hospital_level": stay.hospital_level,
        # The platform settles for designated institutions only, and gives each its code.
        "designated": bool(stay.hospital_code),
        "place": stay.place,
        "encounter_type": stay.encounter_type,
        "insurance_type": stay.insurance_type,
        "admitted_on": stay.admitted_on,
        "discharged_on": stay.discharged_on,
        "settled_at": stay.settled_at,
        "diagnoses": [asdict(diagnosis) for diagnosis in stay.diagnoses],
        "lines": [_line(line) for line in stay.lines],
        "invoice_no": stay.invoice_no,
        "warnings": list(stay.warnings),
    }


def bill_to_json(bill: Bill) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in bill.items()}


def bill_from_json(kept: dict[str, Any]) -> Bill:
    days = {name: date.fromisoformat(kept[name]) for name in ("admitted_on", "discharged_on")}
    settled = kept["settled_at"]
    return {**kept, **days, "settled_at": datetime.fromisoformat(settled) if settled else None}


def _line(line: FeeLine) -> dict[str, Any]:
    """As benefits.BillLine takes it, and beside it what the platform said that the rules do not read.

    quantity: packages or services that count against a limit by number: a begun one counts, half a box as much as a
    whole one; what was returned counts the other way. exact_quantity: as the hospital charged it. A returned item is a
    line of its own with a negative amount.
    """
    return {
        "amount_fen": line.amount_fen,
        "code": line.code,
        "name": line.name,
        "kind": line.kind,
        "catalogue": line.catalogue or "C",
        "out_of_catalogue_fen": line.out_of_catalogue_fen,
        "over_limit_fen": line.over_limit_fen,
        "quantity": int(line.quantity.to_integral_value(ROUND_UP)),
        "line_no": line.line_no,
        "category": line.category,
        "exact_quantity": f"{line.quantity:f}",
        "unit_price": f"{line.unit_price:f}",
        "original_line_no": line.original_line_no,
    }
