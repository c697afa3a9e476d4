"""What the machine looks at before a person does (C4, C12): runs the checks and keeps what they found.

A check is one file of claims/checks/, found at the start; nothing else knows its name. docs/adding-a-check.md is the
recipe.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims import errors
from claims.models import AutomaticCheck, CheckResult, Claim, ClaimBill
from core.registry import Registry


@dataclass(frozen=True)
class Case:
    """What is looked at: a claim and its bills.

    bill_stands: whether the platform still shows every bill, asked before the transaction; None: it was silent.
    """

    claim: Claim
    bills: tuple[ClaimBill, ...]
    bill_stands: bool | None

    @classmethod
    def of(cls, claim: Claim, *, bill_stands: bool | None) -> Case:
        return cls(claim, tuple(claim.bills.all()), bill_stands)


@dataclass(frozen=True)
class Finding:
    """What speaks against it. evidence: figures and references for `Check.detail`, no personal data. sure: False when
    it could not be found out, so that a person looks, whatever the check would do otherwise."""

    evidence: Mapping[str, Any] = field(default_factory=dict)
    sure: bool = True


def _nothing_more(evidence: Mapping[str, Any]) -> str:
    return ""


@dataclass(frozen=True)
class Check:
    """label: what is so when all is well. find: what speaks against it, or None. todo: what a person at the desk does
    about it. stops: no payment is proposed while it is found; otherwise a person looks. detail: the evidence in words.
    """

    label: str | Promise
    find: Callable[[Case], Finding | None]
    todo: str | Promise
    stops: bool = False
    detail: Callable[[Mapping[str, Any]], str] = _nothing_more

    def result_of(self, finding: Finding | None) -> CheckResult:
        if finding is None:
            return CheckResult.PASSED
        return CheckResult.FAILED if self.stops and finding.sure else CheckResult.LOOK


CHECKS: Registry[Check] = Registry("check of a claim")


def discover(package: str = "claims.checks") -> None:
    """Register every check of a folder. From AppConfig.ready."""
    for code, check in found_in(package):
        CHECKS.register(code, check)


def found_in(package: str) -> Iterator[tuple[str, Check]]:
    """(code, check) of each file in a folder: the file's name and its CHECK. Raises TypeError for a file without."""
    for found in pkgutil.iter_modules(import_module(package).__path__):
        check = getattr(import_module(f"{package}.{found.name}"), "CHECK", None)
        if not isinstance(check, Check):
            raise TypeError(f"{package}.{found.name} has no CHECK")
        yield found.name, check


# What a row says whose check is made no longer.
_OF_BEFORE = Check(_("A check that is made no longer"), lambda _case: None, "")


def check_named(code: str) -> Check:
    return CHECKS.find(code) or _OF_BEFORE


def claims_named(evidence: Mapping[str, Any]) -> str:
    """The detail of a check that found other claims: their numbers."""
    return "、".join(evidence.get("claims", ()))


def record(claim: Claim, *, bill_stands: bool | None, now: datetime) -> list[AutomaticCheck]:
    """Run all checks and keep what they found as the claim's next run. In the caller's transaction."""
    return _keep(claim, _run(claim, bill_stands), now=now)


def require_unstopped(claim: Claim, *, bill_stands: bool | None, now: datetime) -> None:
    """Nothing, as long as no check of the last run stops the claim; one that was stopped is looked at anew, since facts
    may have changed. In the caller's transaction. Raises Conflict stopped_by_check, naming what to do."""
    if not stopped_by(claim):
        return
    findings = _run(claim, bill_stands)
    for code, check in CHECKS.items():
        if check.result_of(findings[code]) is CheckResult.FAILED:
            raise errors.stopped_by_check(str(check.label), str(check.todo))
    _keep(claim, findings, now=now)


def last_run(claim: Claim) -> list[AutomaticCheck]:
    """What the last run found, what matters most first. One query."""
    rows = list(claim.checks.all())
    last = max((row.run for row in rows), default=0)
    worst = [CheckResult.FAILED, CheckResult.LOOK, CheckResult.PASSED]
    return sorted((row for row in rows if row.run == last), key=lambda row: worst.index(CheckResult(row.result)))


def stopped_by(claim: Claim) -> list[Check]:
    """The checks whose last finding keeps a payment from being proposed. One query."""
    return [check_named(row.code) for row in last_run(claim) if row.result == CheckResult.FAILED]


def _run(claim: Claim, bill_stands: bool | None) -> dict[str, Finding | None]:
    case = Case.of(claim, bill_stands=bill_stands)
    return {code: check.find(case) for code, check in CHECKS.items()}


def _keep(claim: Claim, findings: Mapping[str, Finding | None], *, now: datetime) -> list[AutomaticCheck]:
    last = claim.checks.order_by("-run").values_list("run", flat=True).first() or 0
    rows = [
        AutomaticCheck(
            claim=claim,
            run=last + 1,
            code=code,
            result=CHECKS.get(code).result_of(finding),
            evidence=dict(finding.evidence) if finding else {},
            at=now,
        )
        for code, finding in findings.items()
    ]
    return AutomaticCheck.objects.bulk_create(rows)
