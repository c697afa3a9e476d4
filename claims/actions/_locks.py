"""Rows are locked late and in one order: the person's insurance year, then the claim (then payout, then ledger)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from claims import errors
from claims.models import Claim, ClaimReport, YearAccount
from core.actors import Actor
from core.errors import NotFound
from core.guards import on
from enrollment.models import Policy


def lock_claim(claim: Claim) -> Claim:
    """The claim as it is now, locked until the end of the transaction."""
    locked = Claim.objects.select_for_update(of=("self",)).select_related("policy__plan_year").filter(pk=claim.pk)
    found = locked.first()
    if found is None:
        raise NotFound("claim_not_found", _("We do not find this claim."))
    return found


def lock_open_report(report: ClaimReport) -> ClaimReport:
    """A report of which nothing has come yet, locked until the end of the transaction. Raises Conflict
    report_has_claim, report_closed."""
    locked = ClaimReport.objects.select_for_update().get(pk=report.pk)
    if locked.claim_id is not None:
        raise errors.report_has_claim()
    if locked.closed_at is not None:
        raise errors.report_closed()
    return locked


def person_id(actor: Actor) -> int:
    """The account behind the actor. Only people hold the permissions of residents and reviewers."""
    assert actor.user_id is not None, "this is done by a person"
    return actor.user_id


def lock_year(policy: Policy, *, now: datetime) -> YearAccount:
    """The running year of a policy, made when first needed, locked until the end of the transaction."""
    YearAccount.objects.bulk_create([YearAccount(policy=policy, updated_at=now)], ignore_conflicts=True)
    rows = YearAccount.objects.filter(policy=policy)
    return (rows.select_for_update() if on("claims.year_lock") else rows).get()
