"""What must happen after a commit is written in that commit.

`enqueue` inserts a row in the caller's transaction; the sweeper (`work.tasks.sweep_outbox`, by beat and
hinted on commit) claims due rows and calls the topic's handler. A handler may run more than once for one
row, so it must be idempotent by the key. Payloads carry row ids, never personal data.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from core import clock
from work.leases import (
    MAX_ATTEMPTS,
    LeaseLost,
    claim_due,
    open_human_task,
    retry_delay,
    settle,
)
from work.models import OutboxMessage

log = structlog.get_logger(__name__)

# One sweep ends well before Celery's time limit, also when a gateway answers nothing; the next one goes on.
SWEEP_LIMIT = 200
SWEEP_SECONDS = 60.0


class Handler(Protocol):
    def __call__(self, payload: dict[str, Any], *, key: str, now: datetime) -> None: ...


_handlers: dict[str, Handler] = {}


def handler(topic: str) -> Callable[[Handler], Handler]:
    """Register the one handler of a topic (from <room>/handlers.py, imported in AppConfig.ready)."""

    def register(function: Handler) -> Handler:
        known = _handlers.get(topic)
        if known is not None and known is not function:
            raise RuntimeError(f"topic {topic} already has a handler")
        _handlers[topic] = function
        return function

    return register


def enqueue(
    topic: str,
    *,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """Write the message in the caller's transaction. The second enqueue of (topic, key) is a no-op."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("enqueue() must run inside the transaction whose outcome it belongs to")
    message = OutboxMessage(topic=topic, key=key, payload=payload, created_at=now, next_attempt_at=due_at or now)
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    _hint_once()


def _hint_once() -> None:
    """At the commit, however many messages it writes: one sweep finds them all."""
    connection = transaction.get_connection()
    inside = set(connection.savepoint_ids)
    # A hint that was asked for inside a savepoint which may still be rolled back is not this one.
    if not any(function is hint and savepoints <= inside for savepoints, function, _robust in connection.run_on_commit):
        transaction.on_commit(hint)


def hint() -> None:
    """Ask a worker to sweep now. Only shortens the wait: without Redis the next beat, or the one after, does it."""
    try:
        # By its name: the task imports this file.
        current_app.send_task("work.tasks.sweep_outbox", expires=60)
    except (OperationalError, OSError) as error:
        log.warning("outbox.hint_failed", error=type(error).__name__)


def sweep(*, now: datetime | None = None, limit: int = SWEEP_LIMIT) -> int:
    """Handle due messages, claiming each when its turn comes: a lease must outlive one slow handler, not a batch of
    them. Each message's failure is its own. Returns how many succeeded; what is left waits for the next sweep.
    """
    done, began = 0, time.monotonic()
    for _turn in range(limit):
        moment = now or clock.now()
        claimed = claim_due(OutboxMessage.objects.filter(done_at=None), now=moment, limit=1)
        if not claimed:
            break
        done += _handle(claimed[0], now=moment)
        if time.monotonic() - began > SWEEP_SECONDS:
            break
    return done


def _handle(message: OutboxMessage, *, now: datetime) -> bool:
    token = message.fencing_token
    try:
        function = _handlers.get(message.topic)
        if function is None:
            raise LookupError(f"no handler for topic {message.topic}")
        function(message.payload, key=message.key, now=now)
        with transaction.atomic():
            settle(message, token=token, next_attempt_at=None)
            OutboxMessage.objects.filter(pk=message.pk).update(done_at=now)
    except LeaseLost:
        log.warning("outbox.lease_lost", topic=message.topic, message_id=message.pk)
        return False
    except Exception as error:  # any handler's failure must not stop the other messages
        _put_back(message, token=token, error=error, now=now)
        return False
    return True


def _put_back(message: OutboxMessage, *, token: int, error: Exception, now: datetime) -> None:
    name = type(error).__name__
    log.warning(
        "outbox.failed",
        topic=message.topic,
        message_id=message.pk,
        attempts=message.attempts,
        error=name,
    )
    exhausted = message.attempts >= MAX_ATTEMPTS
    try:
        settle(
            message,
            token=token,
            next_attempt_at=None if exhausted else now + retry_delay(message.attempts),
            error=name,
        )
    except LeaseLost:
        return
    if exhausted:
        open_human_task(
            kind="outbox",
            key=f"{message.topic}:{message.key}",
            reason=f"{name} after {message.attempts} attempts",
            now=now,
        )
