"""Act on a message from the inbox: match merchant, order and amount, then confirm. Unmatched, nothing is believed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from core.actors import scope_of
from core.errors import DomainError
from payments import conf
from payments.actions.complete_refund import complete_refund
from payments.actions.confirm_payment import confirm_payment
from payments.channels.base import Kind, NotBelieved, Notice
from payments.lifecycle import OPEN_PAYMENT_STATES, OPEN_REFUND_STATES, NotificationState
from payments.models import Notification, Payment, Refund
from payments.money_accounts import notifying_channel_of
from payments.steps import reach
from payments.three_steps import SYSTEM
from work.leases import MAX_ATTEMPTS, LeaseLost, lock_held, open_human_task, retry_delay, settle
from work.lifecycle import transition

log = structlog.get_logger(__name__)


class Contradiction(Exception):
    """The message does not fit what we know. code goes on the row; a person looks at it."""

    def __init__(self, code: str, *, payment: Payment | None = None, refund: Refund | None = None) -> None:
        super().__init__(code)
        self.code, self.payment, self.refund = code, payment, refund


def process_notification(*, notification: Notification, token: int, now: datetime) -> Notification:
    """One transaction: the money's row, its ledger and purpose, and the message's own PROCESSED. Or: REFUSED with a
    code, a task for a person, and a query of the channel, with nothing else changed. Raises LeaseLost.
    """
    try:
        with transaction.atomic():
            subject = _carry_out(notification, now=now)
            held = lock_held(notification, token=token)
            transition(held, NotificationState.PROCESSED, actor=SYSTEM, now=now, **subject)
            settle(held, token=token, next_attempt_at=None)
            reach("notification.result_uncommitted")
    except Contradiction as contradiction:
        return _refuse(notification, contradiction, token=token, now=now)
    reach("notification.result_committed")
    log.info("notification.processed", notification_id=notification.notification_id, kind=notification.event_type)
    return held


def work_notification(notification: Notification, *, now: datetime) -> bool:
    """Process one claimed message; its failure is its own. A poisonous one ends before a person."""
    token = notification.fencing_token
    reach("notification.claimed")
    try:
        process_notification(notification=notification, token=token, now=now)
    except LeaseLost:
        log.warning("notification.lease_lost", notification_id=notification.notification_id)
        return False
    except Exception as error:  # the other messages must not wait for this one
        log.exception("notification.failed", notification_id=notification.notification_id)
        _put_back(notification, token=token, code=type(error).__name__, now=now)
        return False
    return True


def _carry_out(notification: Notification, *, now: datetime) -> dict[str, Any]:
    try:
        notice = notifying_channel_of(notification.account_id).read(notification.event_type, notification.body)
    except NotBelieved as problem:
        raise Contradiction(problem.code) from problem
    if notice.refund_number:
        refund = _refund_event(notification.account_id, notice, now=now)
        return {"payment": refund.payment, "refund": refund}
    return {"payment": _payment_event(notification.account_id, notice, now=now)}


def _payment_event(account: str, notice: Notice, *, now: datetime) -> Payment:
    payment = Payment.objects.filter(number=notice.payment_number, account__code=account).first()
    if payment is None:
        raise Contradiction("unknown_order")
    outcome = notice.outcome
    if outcome is None:
        raise Contradiction("unreadable", payment=payment)
    if outcome.kind is not Kind.PAID or outcome.amount_fen is None or outcome.at is None:
        raise Contradiction("not_a_payment", payment=payment)
    try:
        return confirm_payment(
            payment=payment,
            channel_transaction_no=outcome.transaction_no,
            amount_fen=outcome.amount_fen,
            paid_at=outcome.at,
            now=now,
        )
    except DomainError as refusal:
        raise Contradiction(refusal.code, payment=payment) from refusal


def _refund_event(account: str, notice: Notice, *, now: datetime) -> Refund:
    of_account = Refund.objects.filter(number=notice.refund_number, account__code=account)
    refund = of_account.select_related("payment").first()
    if refund is None:
        raise Contradiction("unknown_refund")
    if notice.payment_number != refund.payment.number:
        raise Contradiction("wrong_order", payment=refund.payment, refund=refund)
    outcome = notice.outcome
    if outcome is None:
        raise Contradiction("unreadable", payment=refund.payment, refund=refund)
    if outcome.kind is not Kind.PAID or outcome.amount_fen is None:
        # Closed or abnormal: the query says it with its own signature, and the sweeper acts on that.
        _look_now(refund, now=now)
        return refund
    try:
        return complete_refund(
            refund=refund, channel_refund_no=outcome.transaction_no, amount_fen=outcome.amount_fen, now=now
        )
    except DomainError as refusal:
        raise Contradiction(refusal.code, payment=refund.payment, refund=refund) from refusal


def _refuse(notification: Notification, contradiction: Contradiction, *, token: int, now: datetime) -> Notification:
    with transaction.atomic():
        for row in (contradiction.payment, contradiction.refund):
            if row is not None:
                _look_now(row, now=now)
        held = lock_held(notification, token=token)
        transition(
            held,
            NotificationState.REFUSED,
            actor=SYSTEM,
            now=now,
            reason=contradiction.code,
            refusal_code=contradiction.code,
            payment=contradiction.payment,
            refund=contradiction.refund,
        )
        settle(held, token=token, next_attempt_at=None, error=contradiction.code)
        _ask_a_person(held, contradiction.code, now=now)
    log.warning("notification.refused", notification_id=held.notification_id, code=contradiction.code)
    return held


def _look_now(row: Payment | Refund, *, now: datetime) -> None:
    """Have the channel asked, if the row is still open: the query's answer counts, not the message."""
    is_open = OPEN_PAYMENT_STATES if isinstance(row, Payment) else OPEN_REFUND_STATES
    type(row)._base_manager.filter(pk=row.pk, state__in=is_open).update(next_attempt_at=now)


def _put_back(notification: Notification, *, token: int, code: str, now: datetime) -> None:
    exhausted = notification.attempts >= MAX_ATTEMPTS
    later = conf.SLOW_RETRY if exhausted else retry_delay(notification.attempts)
    try:
        with transaction.atomic():
            settle(notification, token=token, next_attempt_at=now + later, error=code)
            if exhausted:
                _ask_a_person(notification, code, now=now)
    except LeaseLost:
        log.warning("notification.lease_lost", notification_id=notification.notification_id)


def _ask_a_person(notification: Notification, code: str, *, now: datetime) -> None:
    number = notification.payment.number if notification.payment else ""
    open_human_task(
        kind="payments.notification",
        key=notification.notification_id,
        reason=f"{code}: {number}" if number else code,
        url=f"/admin/payments/notification/{notification.pk}/change/",
        scope=scope_of(notification),
        now=now,
    )
