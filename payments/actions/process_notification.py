"""Act on a message from the inbox: match merchant, order and amount, then confirm. Unmatched, nothing is believed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from core.errors import DomainError
from payments import conf
from payments.actions.complete_refund import complete_refund
from payments.actions.confirm_payment import confirm_payment
from payments.channels import wechat
from payments.channels.base import Kind, Outcome
from payments.channels.wechat import order_state, refund_state
from payments.lifecycle import OPEN_PAYMENT_STATES, OPEN_REFUND_STATES, NotificationState
from payments.models import Channel, Notification, Payment, Refund
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
    resource = wechat().open(notification.body)
    try:
        with transaction.atomic():
            if resource is None:
                raise Contradiction("unreadable")
            subject = _carry_out(notification.event_type, resource, now=now)
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


def _carry_out(event_type: str, resource: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    if resource.get("mchid") != conf.wechat_credentials().mchid:
        raise Contradiction("wrong_merchant")
    if event_type.startswith("TRANSACTION."):
        return {"payment": _payment_event(resource, now=now)}
    if event_type.startswith("REFUND."):
        refund = _refund_event(resource, now=now)
        return {"payment": refund.payment, "refund": refund}
    raise Contradiction("unknown_event")


def _payment_event(resource: dict[str, Any], *, now: datetime) -> Payment:
    if resource.get("appid") != conf.wechat_credentials().appid:
        raise Contradiction("wrong_appid")
    payment = Payment.objects.filter(number=str(resource.get("out_trade_no")), channel=Channel.WECHAT).first()
    if payment is None:
        raise Contradiction("unknown_order")
    outcome = _read(order_state, resource, payment=payment)
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


def _refund_event(resource: dict[str, Any], *, now: datetime) -> Refund:
    refund = (
        Refund.objects.filter(number=str(resource.get("out_refund_no")), payment__channel=Channel.WECHAT)
        .select_related("payment")
        .first()
    )
    if refund is None:
        raise Contradiction("unknown_refund")
    if resource.get("out_trade_no") != refund.payment.number:
        raise Contradiction("wrong_order", payment=refund.payment, refund=refund)
    outcome = _read(refund_state, resource, payment=refund.payment, refund=refund)
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


def _read(reader: Any, resource: dict[str, Any], *, payment: Payment, refund: Refund | None = None) -> Outcome:
    try:
        outcome: Outcome = reader(resource)
    except (KeyError, ValueError, TypeError):
        raise Contradiction("unreadable", payment=payment, refund=refund) from None
    return outcome


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
        now=now,
    )
