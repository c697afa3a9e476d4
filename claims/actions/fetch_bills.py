"""A worker asks the national platform for the bills that somebody chose, one by one, and puts them into the claim.

What is here is kept bill by bill: a worker that dies leaves the rest to another, and nothing is asked for twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from claims import errors
from claims.actions._bills import Choice, land
from claims.actions._locks import lock_year, person_id
from claims.models import BillFetch, FetchState
from claims.stays import StayNumbers, bill_from_json, bill_to_json, find_bill
from core import clock
from core.actors import Actor
from core.errors import Busy, DomainError
from enrollment.models import Policy
from work.hints import hint_after_commit
from work.lanes import Lane
from work.leases import LEASE, LeaseLost, lock_held, retry_delay, settle

log = structlog.get_logger(__name__)

# After it ended the page that waits still finds out; then the row goes.
KEPT = timedelta(minutes=15)
# In vain, or by workers that died, without a single bill coming in between.
_MOST_TRIES = 4


def fetch_again(*, policy: Policy, actor: Actor, now: datetime) -> None:
    """When the platform was silent: a worker tries again, with what is here already. Otherwise nothing."""
    with transaction.atomic():
        mine = BillFetch.objects.filter(account_id=person_id(actor), policy=policy, state=FetchState.SILENT)
        again = mine.update(state=FetchState.WAITING, attempts=0, next_attempt_at=now, ended_at=None)
        if again:
            hint_after_commit(Lane.CODES)


def waiting() -> QuerySet[BillFetch]:
    return BillFetch.objects.filter(state=FetchState.WAITING)


def carry_on_fetching(row: BillFetch, now: datetime) -> bool:
    """Ask for what is missing of one choice, then put all into the claim; False when the platform gave not all."""
    token = row.fencing_token
    try:
        if row.attempts > _MOST_TRIES:
            raise errors.platform_silent()
        for number in row.missing:
            bill = find_bill(row.policy, StayNumbers.parse(number))
            _keep(row, number, bill_to_json(bill), token=token)
        _finish(row, token=token, now=now)
    except LeaseLost:
        log.info("bills.fetch_taken_over", fetch=row.pk)
        return False
    except Busy as silence:
        _try_again(row, token=token, error=silence.code, now=now)
        return False
    except DomainError as refusal:
        number = str(refusal.params.get("number", ""))
        _end(row, FetchState.REFUSED, token=token, now=now, refusal=refusal.code, refused_for=number)
    return True


def _keep(row: BillFetch, number: str, bill: dict[str, object], *, token: int) -> None:
    """A bill is here: it is kept, and the lease begins anew. Raises LeaseLost."""
    with transaction.atomic():
        held = _held(row, token)
        held.found = row.found = {**held.found, number: bill}
        held.lease_until, held.attempts = clock.now() + LEASE, 1
        held.save(update_fields=["found", "lease_until", "attempts"])


def _finish(row: BillFetch, *, token: int, now: datetime) -> None:
    """Bills in the claim, end of the fetch: together, and only by who holds it still."""
    with transaction.atomic():
        lock_year(row.policy, now=now)  # before the row, as whoever chooses anew does
        held = _held(row, token)
        bills = [bill_from_json(bill) for bill in row.found.values()]
        claim = land(Choice.of(row), bills, now=now)
        held.claim, held.state, held.found, held.ended_at = claim, FetchState.READY, {}, now
        held.save(update_fields=["claim", "state", "found", "ended_at"])
        settle(held, token=token, next_attempt_at=None)


def _held(row: BillFetch, token: int) -> BillFetch:
    """Raises LeaseLost, also when another choice has taken the row's place."""
    try:
        return lock_held(row, token=token)
    except BillFetch.DoesNotExist:
        raise LeaseLost(f"BillFetch {row.pk}") from None


def _try_again(row: BillFetch, *, token: int, error: str, now: datetime) -> None:
    if row.attempts >= _MOST_TRIES:
        _end(row, FetchState.SILENT, token=token, now=now)
        return
    try:
        settle(row, token=token, next_attempt_at=now + retry_delay(row.attempts), error=error)
    except LeaseLost:
        log.info("bills.fetch_taken_over", fetch=row.pk)


def _end(
    row: BillFetch, state: FetchState, *, token: int, now: datetime, refusal: str = "", refused_for: str = ""
) -> None:
    try:
        settle(
            row, token=token, next_attempt_at=None, state=state, ended_at=now, refusal=refusal, refused_for=refused_for
        )
    except LeaseLost:
        log.info("bills.fetch_taken_over", fetch=row.pk)


def forget_fetches(now: datetime) -> int:
    """Those that ended a while ago: they tell of stays in hospital."""
    gone, _of_what = BillFetch.objects.filter(ended_at__lt=now - KEPT).delete()
    return gone
