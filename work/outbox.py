"""What must happen after a commit is written in that commit.

`enqueue` inserts a row in the caller's transaction; the lane's workers (work.sweeper) claim due rows and call the
topic's handler. A handler may run more than once for one row, so it must be idempotent by the key. Payloads carry row
ids, never personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from django.db import models, transaction
from django.db.models import QuerySet

from core import guards
from core.registry import NotRegistered, Registry
from work import hints, sweeps
from work.lanes import Lane
from work.leases import LEASE, MAX_ATTEMPTS, LeaseLost, open_human_task, retry_delay, settle
from work.models import OutboxMessage
from work.sweeps import Sweep
from work.writes import Sql, insert_together

log = structlog.get_logger(__name__)

# A message that is done tells for a while what was done; then its row goes.
KEEP_DONE = timedelta(days=7)
_FORGET_AT_ONCE = 5000


class Handler(Protocol):
    def __call__(self, payload: dict[str, Any], *, key: str, now: datetime) -> Sequence[Sql] | None:
        """What it returns (work.writes) is written with the message's end, in one statement."""


@dataclass(frozen=True, slots=True)
class Topic:
    handle: Handler
    lane: Lane


topics: Registry[Topic] = Registry("topic of the outbox")


def handler(topic: str, *, lane: Lane = Lane.NOTICES) -> Callable[[Handler], Handler]:
    """Register the one handler of a topic (from <room>/handlers.py, imported in AppConfig.ready), and its lane."""

    def register(function: Handler) -> Handler:
        topics.register(topic, Topic(function, lane))
        return function

    return register


def enqueue(
    topic: str,
    *,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    due_at: datetime | None = None,
    lane: Lane | None = None,
    beside: Sequence[models.Model] = (),
) -> None:
    """Write the message in the caller's transaction. The second enqueue of (topic, key) is a no-op.

    lane: where not all messages of a topic go the topic's own way. beside: new rows that the same statement writes,
    each unless it is known already.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("enqueue() must run inside the transaction whose outcome it belongs to")
    known = topics.find(topic)
    way = lane or (known.lane if known else Lane.NOTICES)
    message = OutboxMessage(
        topic=topic, lane=way, key=key, payload=payload, created_at=now, next_attempt_at=due_at or now
    )
    insert_together(*beside, message, unless_known=True)
    hints.hint_after_commit(way)


def carry(message: OutboxMessage, now: datetime) -> bool:
    """Call the handler of one claimed message. Each message's failure is its own."""
    token = message.fencing_token
    try:
        writes = topics.get(message.topic).handle(message.payload, key=message.key, now=now)
        settle(message, token=token, next_attempt_at=None, done_at=now, beside=writes or ())
    except LeaseLost:
        log.warning("outbox.lease_lost", topic=message.topic, message_id=message.pk)
        return False
    except Exception as error:  # any handler's failure must not stop the other messages
        _put_back(message, token=token, error=error, now=now)
        return False
    return True


def _put_back(message: OutboxMessage, *, token: int, error: Exception, now: datetime) -> None:
    name = "no handler" if isinstance(error, NotRegistered) else type(error).__name__
    attempts = message.attempts
    log.warning("outbox.failed", topic=message.topic, message_id=message.pk, attempts=attempts, error=name)
    exhausted = attempts >= MAX_ATTEMPTS
    again = None if exhausted else now + retry_delay(attempts)
    try:
        settle(message, token=token, next_attempt_at=again, error=name)
    except LeaseLost:
        return
    if exhausted:
        key, reason = f"{message.topic}:{message.key}", f"{name} after {attempts} attempts"
        open_human_task(kind="outbox", key=key, reason=reason, now=now)


def _rows(lane: Lane) -> QuerySet[OutboxMessage]:
    if not guards.on("outbox.lanes"):
        return OutboxMessage.objects.all()
    return OutboxMessage.objects.filter(lane=lane)


def _sweep_of(lane: Lane, *, batch: int, width: int, lease: timedelta = LEASE) -> Sweep[OutboxMessage]:
    rows = partial(_rows, lane)
    return Sweep(f"outbox.{lane}", lane, rows=rows, carry=carry, batch=batch, width=width, lease=lease)


SWEEPS = (
    # One by one: no code waits for another's call; and of a killed worker's the next one takes over before it is stale.
    _sweep_of(Lane.CODES, batch=1, width=8, lease=timedelta(seconds=30)),
    _sweep_of(Lane.MONEY, batch=10, width=2),
    _sweep_of(Lane.NOTICES, batch=20, width=4),
    _sweep_of(Lane.CAMPAIGN, batch=50, width=4),
    _sweep_of(Lane.CHORES, batch=10, width=1),
)


def sweep(*, now: datetime | None = None, limit: int = 1000) -> int:
    """Carry on what is due in all lanes, the most urgent first, in this thread; how many went well."""
    return sum(sweeps.drain(one.name, now=now, limit=limit) for one in SWEEPS)


def forget_done(now: datetime) -> int:
    """Delete what was done long ago, a few thousand rows a statement; how many."""
    forgotten = 0
    while True:
        old = OutboxMessage.objects.filter(done_at__lt=now - KEEP_DONE).order_by("done_at")
        deleted, _by_model = OutboxMessage.objects.filter(pk__in=old.values("pk")[:_FORGET_AT_ONCE]).delete()
        forgotten += deleted
        if deleted < _FORGET_AT_ONCE:
            return forgotten
