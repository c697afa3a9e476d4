"""Which stays the national platform knows of an insured person: at once when it answers within two seconds, else by a
worker, while the page that was opened says so and looks again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import QuerySet

from claims import errors
from claims.actions._locks import person_id
from claims.models import LookUpState, StayLookUp
from claims.selectors import ClaimOn
from claims.stays import ListedStay, deadline, find_stays
from core.actors import Actor
from core.errors import Busy
from enrollment.models import Policy
from work.hints import hint_after_commit
from work.lanes import Lane
from work.leases import LeaseLost, lock_held, retry_delay, settle

log = structlog.get_logger(__name__)

# What was found is shown again without asking anew, for a reload or a way back; then it goes.
_KEPT = timedelta(minutes=15)
_MOST_TRIES = 4


def look_up_stays(*, policy: Policy, actor: Actor, now: datetime) -> list[ListedStay] | None:
    """The stays around the policy's cover, oldest first; None while a worker is still asking for them.

    policy: one the actor may claim on (enrollment.selectors.policy_for_claim), or of a report at her desk
    (selectors.report_for), for whose insurer she reviews. Raises Busy platform_silent when the
    platform answers with an error, or a worker has tried in vain; the next call tries anew.
    """
    if not actor.may("claims.review", ClaimOn(policy, policy.cover_from)):
        actor.require("claims.file")
    mine = StayLookUp.objects.filter(account_id=person_id(actor), policy=policy)
    known = mine.first()
    if known is not None and known.ended_at is not None and known.ended_at < now - _KEPT:
        mine.delete()
        known = None
    if known is not None and known.state == LookUpState.SILENT:
        mine.delete()
        raise errors.platform_silent()
    if known is not None:
        return [ListedStay.from_json(stay) for stay in known.found] if known.state == LookUpState.READY else None
    try:
        return find_stays(policy, now=now, deadline=deadline())
    except Busy as slow:
        if slow.code != "platform_slow":
            raise
    asked = StayLookUp(account_id=person_id(actor), policy=policy, created_at=now, next_attempt_at=now)
    with transaction.atomic():
        # Two tabs ask once.
        StayLookUp.objects.bulk_create([asked], ignore_conflicts=True)
        hint_after_commit(Lane.CODES)
    return None


def waiting() -> QuerySet[StayLookUp]:
    waiting = StayLookUp.objects.filter(state=LookUpState.WAITING)
    return waiting.select_related("policy__insured", "policy__plan_year__scheme")


def carry_on_looking(row: StayLookUp, now: datetime) -> bool:
    """A worker asks for one list that somebody waits for; False when the platform gave none."""
    token = row.fencing_token
    try:
        found = find_stays(row.policy, now=now)
    except Busy as silence:
        _try_again(row, token=token, error=silence.code, now=now)
        return False
    try:
        with transaction.atomic():
            held = lock_held(row, token=token)
            held.found, held.state, held.ended_at = [stay.to_json() for stay in found], LookUpState.READY, now
            held.save(update_fields=["found", "state", "ended_at"])
            settle(held, token=token, next_attempt_at=None)
    except LeaseLost:
        log.info("stays.look_up_taken_over", look_up=row.pk)
        return False
    return True


def forget_look_ups(now: datetime) -> int:
    """Those that ended a while ago: they tell of stays in hospital."""
    gone, _of_what = StayLookUp.objects.filter(ended_at__lt=now - _KEPT).delete()
    return gone


def _try_again(row: StayLookUp, *, token: int, error: str, now: datetime) -> None:
    if row.attempts < _MOST_TRIES:
        settle(row, token=token, next_attempt_at=now + retry_delay(row.attempts), error=error)
        return
    StayLookUp.objects.filter(pk=row.pk, fencing_token=token).update(state=LookUpState.SILENT, ended_at=now)
    settle(row, token=token, next_attempt_at=None, error=error)
