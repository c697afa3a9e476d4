"""Celery adapters. The bank itself is called by payments' sweeper; this one only looks for forgotten instructions."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from claims.actions import pay_claim
from claims.lifecycle import ClaimState
from claims.models import Claim
from core import clock
from core.actors import Actor
from core.errors import DomainError
from core.leases import open_human_task

_SYSTEM = Actor.system("payout-sweeper", "claims.approve")
_GRACE = timedelta(minutes=1)


@shared_task
def sweep_payouts() -> int:
    """Approved claims without a payout instruction. Approval writes both in one transaction, so there are none unless
    data was mended by hand; then a minute later each is instructed, or put before a person.
    """
    now = clock.now()
    forgotten = Claim.objects.filter(state=ClaimState.APPROVED, decisions__approved_at__lt=now - _GRACE).distinct()
    for claim in forgotten[:100]:
        try:
            pay_claim(claim=claim, actor=_SYSTEM, now=now)
        except DomainError as error:
            open_human_task(kind="payout", key=claim.number, reason=error.code, now=now)
    return len(forgotten)
