"""Stays that the national platform knows of an insured person (C3): found, never typed.

The platform is asked with no transaction open. It leaves out settlements that the hospital has taken back.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import structlog

from claims import errors
from claims.checklist import CLAIM_TYPE_BY_ENCOUNTER
from claims.computation import BILL_AMOUNTS
from claims.models import Claim
from core import clock
from core.errors import DomainError
from enrollment.models import Policy
from nhsa import NhsaError, NhsaNotFound, Settlement, fetch_settlements, get_client

log = structlog.get_logger(__name__)

# A stay that began before the cover may still touch the period; it is listed as "not covered" rather than hidden.
_LOOK_BACK = timedelta(days=60)


def find_stays(policy: Policy, *, now: datetime) -> list[Settlement]:
    """Settled visits of the insured around the policy's cover, oldest first. Raises Busy platform_silent."""
    insured = policy.insured
    until = min(policy.cover_to + _LOOK_BACK, clock.civil_date(now) + timedelta(days=1))
    since = policy.cover_from - _LOOK_BACK
    if until <= since:
        return []
    try:
        return fetch_settlements(
            get_client(), psn_no=insured.psn_no, area=insured.insurance_area, since=since, until=until
        )
    except NhsaNotFound:
        return []
    except NhsaError as error:
        log.warning("stays.platform_silent", code=error.code, msgid=error.msgid)
        raise errors.platform_silent() from None


def claimable(found: list[Settlement], policy: Policy) -> list[Settlement]:
    """Those of a covered kind that began while the policy was in force, newest first."""
    return [
        stay
        for stay in reversed(found)
        if stay.encounter_type in CLAIM_TYPE_BY_ENCOUNTER and policy.covers(stay.admitted_on)
    ]


def find_stay(policy: Policy, *, settlement_no: str, now: datetime) -> Settlement:
    """Raises DomainError settlement_not_found, Busy platform_silent."""
    for stay in find_stays(policy, now=now):
        if stay.settlement_no == settlement_no:
            return stay
    raise errors.settlement_not_found()


def still_stands(claim: Claim, *, now: datetime) -> bool | None:
    """Whether the platform still shows the claim's settlement; None when it does not answer."""
    try:
        find_stay(claim.policy, settlement_no=claim.settlement_no, now=now)
    except DomainError as error:
        return False if error.code == "settlement_not_found" else None
    return True


def bill_fields(stay: Settlement) -> dict[str, Any]:
    """The columns of ClaimBill."""
    return {
        **{name: getattr(stay, name) for name in BILL_AMOUNTS},
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


def _line(line: Any) -> dict[str, Any]:
    """As benefits.BillLine takes it."""
    return {
        "amount_fen": line.amount_fen,
        "code": line.code,
        "name": line.name,
        "kind": line.kind,
        "catalogue": line.catalogue or "C",
        "out_of_catalogue_fen": line.out_of_catalogue_fen,
        "quantity": max(int(line.quantity), 1),
    }
