"""How a call that moves money is made, whatever it moves. Source: reliability.md 3 and 4.

1. Commit SENDING together with the digest of the request's bytes; the number is on the row since it was created.
2. Call, with no transaction open.
3. Commit the result together with its ledger entry and the purpose's consequences.

Between any two of these the process may die. The row then says SENDING, its lease runs out, the next worker takes it
for UNKNOWN and asks the channel. Only when the channel still does not know the number after its time of grace is the
request sent again: the same number, the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto
from typing import ClassVar, Generic, TypeVar

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import guards
from core.actors import Actor, scope_of
from core.errors import Busy, Conflict, DomainError
from payments import conf
from payments.channels.base import Kind, Outcome, digest
from payments.channels.protocol import Channel
from payments.models import Payment, Refund, Transfer
from payments.steps import reach
from work.leases import MAX_ATTEMPTS, LeaseLost, lock_held, open_human_task, retry_delay, settle
from work.lifecycle import transition
from work.models import HumanTask
from work.writes import Sql, update_sql

log = structlog.get_logger(__name__)

R = TypeVar("R", Payment, Refund, Transfer)
SYSTEM = Actor.system("payments")


class Verdict(Enum):
    """What to do with the channel's answer to a query."""

    RECORD = auto()
    SEND_AGAIN = auto()
    END = auto()  # nobody is going to pay this any more: close it at the channel


class Errand(Generic[R]):
    """What differs between a payment, a refund and a transfer. One subclass each, in payments.actions."""

    kind: ClassVar[str]
    sending: ClassVar[str]
    unknown: ClassVar[str]

    def channel(self, row: R) -> Channel:
        raise NotImplementedError

    def lock_outer(self, row: R) -> None:
        """Lock what comes before the row in the house's order."""
        raise NotImplementedError

    def encode(self, row: R) -> bytes:
        raise NotImplementedError

    def call(self, row: R, body: bytes) -> Outcome:
        raise NotImplementedError

    def query(self, row: R) -> Outcome:
        raise NotImplementedError

    def judge(self, row: R, answer: Outcome, *, now: datetime) -> Verdict:
        """The answer to a query, given the row's state and age."""
        raise NotImplementedError

    def end(self, row: R) -> Outcome:
        """Close at the channel (Verdict.END)."""
        raise NotImplementedError

    def apply(self, row: R, outcome: Outcome, *, now: datetime) -> datetime | None:
        """Write the outcome (state, ledger, purpose) in the caller's transaction; return when to look again."""
        raise NotImplementedError


def send(errand: Errand[R], row: R, *, token: int, now: datetime) -> None:
    """The three steps. Raises LeaseLost when another worker holds the row, Conflict("request_changed")."""
    refuse_inside_transaction()
    with transaction.atomic():
        held = _lock(errand, row, token)
        if held.next_attempt_at is None:  # ended since it was claimed: given up before it was ever sent
            settle(held, token=token, next_attempt_at=None)
            return
        is_repetition = bool(held.request_sha256)
        body = errand.encode(held)
        if is_repetition and digest(body) != held.request_sha256 and guards.on("payments.same_bytes"):
            raise Conflict(
                "request_changed", _("The request is no longer the one that was sent first. Nothing was sent.")
            )
        transition(held, errand.sending, actor=SYSTEM, now=now, request_sha256=digest(body), sent_at=now)
        reach(f"{errand.kind}.sending_uncommitted")
    reach(f"{errand.kind}.sending_committed")
    outcome = errand.call(held, body)
    if is_repetition and outcome.kind is Kind.REFUSED and guards.on("payments.refusal_is_asked_about"):
        # The first sending may have been carried out since we asked: a refusal counts only if that is not so.
        answer = errand.query(held)
        outcome = outcome if answer.kind in (Kind.NOT_FOUND, Kind.REFUSED) else answer
    reach(f"{errand.kind}.channel_executed")
    record(errand, held, outcome, token=token, now=now)


def ask(errand: Errand[R], row: R, *, token: int, now: datetime) -> None:
    """Find out what became of a request that was sent; send it again, or end it, when the answer allows."""
    refuse_inside_transaction()
    if row.state == errand.sending:
        # We hold the lease, so whoever sent it is gone (or will find that it lost the lease).
        with transaction.atomic():
            row = _lock(errand, row, token)
            transition(row, errand.unknown, actor=SYSTEM, now=now, reason="the worker that sent it did not come back")
    answer = errand.query(row) if guards.on("payments.query_first") else Outcome(Kind.NOT_FOUND)
    verdict = errand.judge(row, answer, now=now)
    if verdict is Verdict.SEND_AGAIN:
        send(errand, row, token=token, now=now)
    elif verdict is Verdict.END:
        record(errand, row, errand.end(row), token=token, now=now)
    else:
        record(errand, row, answer, token=token, now=now)


def record(errand: Errand[R], row: R, outcome: Outcome, *, token: int, now: datetime) -> None:
    """Step three: state, ledger, purpose and end of the lease in one transaction, guarded by the token."""
    with transaction.atomic():
        held = _lock(errand, row, token)
        next_attempt_at = errand.apply(held, outcome, now=now)
        has_ended = held.lease_until is None and held.next_attempt_at is None  # with the transition itself
        if not has_ended or next_attempt_at is not None:
            settle(held, token=token, next_attempt_at=next_attempt_at, error=_error_of(outcome))
        if outcome.kind in (Kind.UNKNOWN, Kind.NOT_FOUND) and next_attempt_at and held.attempts >= MAX_ATTEMPTS:
            ask_a_person(errand.kind, held, reason=f"no answer after {held.attempts} attempts", now=now)
        reach(f"{errand.kind}.result_uncommitted")
    reach(f"{errand.kind}.result_committed")
    log.info(
        "money.recorded",
        kind=errand.kind,
        number=held.number,
        outcome=str(outcome.kind),
        code=outcome.code,
    )


def work(errand: Errand[R], row: R, carry: Callable[..., None], *, now: datetime) -> bool:
    """Carry one claimed row on; its failure is its own. True when it went well."""
    token = row.fencing_token
    reach(f"{errand.kind}.claimed")
    try:
        carry(row, token=token, now=now)
    except LeaseLost:
        log.warning("money.lease_lost", kind=errand.kind, number=row.number)
        return False
    except DomainError as refusal:
        # The channel says something that contradicts us: no retry will mend it, and nothing was changed.
        contradicts = not isinstance(refusal, Busy) and refusal.code != "changed_meanwhile"
        _hold(errand, row, token=token, code=refusal.code, is_final=contradicts, now=now)
        return False
    except Exception as error:  # a fault of ours or of the database; the other rows must not wait for it
        log.exception("money.failed", kind=errand.kind, number=row.number, attempts=row.attempts)
        _hold(errand, row, token=token, code=type(error).__name__, is_final=False, now=now)
        return False
    return True


def next_look(row: Payment | Refund | Transfer, *, now: datetime) -> datetime:
    """When to ask again: 2 s, 4 s … 30 min, and hourly once a person was asked."""
    return now + (conf.SLOW_RETRY if row.attempts >= MAX_ATTEMPTS else retry_delay(row.attempts))


def past_grace(channel: Channel, sent_at: datetime | None, *, now: datetime) -> bool:
    """May we believe a channel that says it does not know the number?"""
    return sent_at is not None and now >= sent_at + channel.grace


def look_after_grace(row: Payment | Refund | Transfer, channel: Channel, *, now: datetime) -> datetime:
    """The next look at a number the channel does not know (yet): at the latest when the grace ends."""
    ends = (row.sent_at or now) + channel.grace
    return min(next_look(row, now=now), ends) if ends > now else next_look(row, now=now)


def instruction_number(row: Payment | Refund | Transfer) -> str:
    """The one number under which the channel ever hears of this row."""
    if not guards.on("payments.same_number") and row.request_sha256:
        return f"{row.number}-{row.fencing_token}"
    return row.number


def ask_a_person(kind: str, row: Payment | Refund | Transfer, *, reason: str, now: datetime) -> None:
    """Put the row before a person, with a link to it. Asking goes on meanwhile: the answer may come by itself."""
    open_human_task(
        kind=f"payments.{kind}",
        key=row.number,
        reason=reason,
        url=f"/admin/payments/{kind}/?q={row.number}",
        scope=scope_of(row),
        now=now,
    )


def no_longer_asked(kind: str, number: str, *, now: datetime) -> Sql:
    """The channel has answered after all: what takes the question off the people's list, in the statement of the
    transition."""
    open_tasks = HumanTask.objects.filter(kind=f"payments.{kind}", key=number, resolved_at=None)
    return update_sql(open_tasks, {"resolved_at": now, "resolution": "answered by the channel"})


def refuse_inside_transaction() -> None:
    """A channel must never be called with a transaction open: a slow partner would hold our locks.

    In tests a surrounding test case may hold one, unless they ask for the check by PAYMENTS_STRICT_TRANSACTIONS.
    """
    if connection.in_atomic_block and (
        not settings.TESTING or getattr(settings, "PAYMENTS_STRICT_TRANSACTIONS", False)
    ):
        raise RuntimeError("a channel call was about to be made inside a database transaction")


def _lock(errand: Errand[R], row: R, token: int) -> R:
    errand.lock_outer(row)
    return lock_held(row, token=token)


def _error_of(outcome: Outcome) -> str:
    return outcome.code if outcome.kind in (Kind.UNKNOWN, Kind.NOT_FOUND) else ""


def _hold(errand: Errand[R], row: R, *, token: int, code: str, is_final: bool, now: datetime) -> None:
    """Put the row back for later, or before a person; nothing else about it changes, except that a sending whose
    result could not be written is UNKNOWN."""
    try:
        with transaction.atomic():
            held = _lock(errand, row, token)
            if held.state == errand.sending:
                transition(held, errand.unknown, actor=SYSTEM, now=now, reason=code)
            to_person = is_final or held.attempts >= MAX_ATTEMPTS
            later = now + conf.SLOW_RETRY if to_person else next_look(held, now=now)
            settle(held, token=token, next_attempt_at=later, error=code)
            if to_person:
                ask_a_person(errand.kind, held, reason=code, now=now)
    except LeaseLost:
        log.warning("money.lease_lost", kind=errand.kind, number=row.number)
