"""Celery adapters. The bank itself is called by payments' sweeper; this one only looks for forgotten instructions."""

from __future__ import annotations

import time
from datetime import timedelta

from celery import shared_task

from claims.actions import check_next_document, pay_claim
from claims.documents.quarantine import forget_stale
from claims.lifecycle import ClaimState
from claims.models import Claim
from core import clock
from core.actors import Actor
from core.errors import DomainError
from work.leases import open_human_task

_SYSTEM = Actor.system("payout-sweeper", "claims.approve")
_GRACE = timedelta(minutes=1)
_CHECK_SECONDS = 60.0
_STALE = timedelta(hours=1)


@shared_task
def check_documents() -> int:
    """Papers that wait to be written anew, one after the other; how many. Ends well before Celery's time limit."""
    done, began = 0, time.monotonic()
    while time.monotonic() - began < _CHECK_SECONDS and check_next_document(now=clock.now()) is not None:
        done += 1
    return done


@shared_task
def forget_quarantine() -> int:
    """Files whose request or worker was killed before it could throw them away."""
    return forget_stale(older_than=_STALE)


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
