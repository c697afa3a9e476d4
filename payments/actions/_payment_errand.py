"""A payment as an errand to its channel: see payments.three_steps."""

from __future__ import annotations

from datetime import datetime

from payments import purposes
from payments.actions.close_payment import end_unpaid
from payments.actions.confirm_payment import confirm_payment
from payments.channels.base import Charge, Kind, Outcome
from payments.channels.protocol import PaymentChannel
from payments.lifecycle import OPEN_PAYMENT_STATES, PaymentState
from payments.models import Payment
from payments.money_accounts import payment_channel_of
from payments.three_steps import (
    SYSTEM,
    Errand,
    Verdict,
    instruction_number,
    look_after_grace,
    next_look,
    past_grace,
)
from work.lifecycle import transition


class PaymentErrand(Errand[Payment]):
    kind = "payment"
    sending = PaymentState.SENDING
    unknown = PaymentState.UNKNOWN

    def channel(self, row: Payment) -> PaymentChannel:
        return payment_channel_of(row)

    def lock_outer(self, row: Payment) -> None:
        purposes.get(row.purpose).lock(row.purpose_ref)

    def encode(self, row: Payment) -> bytes:
        charge = Charge(
            number=instruction_number(row),
            amount_fen=row.amount_fen,
            subject=row.subject,
            expires_at=row.payable_until,
            details=row.details,
        )
        return self.channel(row).encode_charge(charge)

    def call(self, row: Payment, body: bytes) -> Outcome:
        return self.channel(row).send(body)

    def query(self, row: Payment) -> Outcome:
        return self.channel(row).query(row.number, details=row.details)

    def end(self, row: Payment) -> Outcome:
        return self.channel(row).close(row.number)

    def judge(self, row: Payment, answer: Outcome, *, now: datetime) -> Verdict:
        is_over = now >= row.close_at
        if answer.kind is Kind.NOT_FOUND and past_grace(self.channel(row), row.sent_at, now=now):
            return Verdict.END if is_over else Verdict.SEND_AGAIN
        if answer.kind is Kind.PENDING and is_over:
            return Verdict.END
        if answer.kind is Kind.PENDING and self.channel(row).cashier and not row.cashier_url:
            return Verdict.SEND_AGAIN  # the order exists, but we never saw (or have outlived) the cashier's address
        return Verdict.RECORD

    def apply(self, row: Payment, outcome: Outcome, *, now: datetime) -> datetime | None:
        if outcome.kind is Kind.PAID:
            assert outcome.amount_fen is not None and outcome.at is not None
            confirm_payment(
                payment=row,
                channel_transaction_no=outcome.transaction_no,
                amount_fen=outcome.amount_fen,
                paid_at=outcome.at,
                now=now,
                is_locked=True,
            )
            return None
        if row.state not in OPEN_PAYMENT_STATES:
            return self._next_watch(row, now=now)  # ended before, or a notification was first
        if outcome.kind is Kind.REFUSED:
            was_open = row.state == PaymentState.AWAITING_PAYER or now >= row.close_at
            state = PaymentState.CLOSED if was_open and row.state != PaymentState.SENDING else PaymentState.FAILED
            end_unpaid(row, state, code=outcome.code, actor=SYSTEM, now=now)
            return self._next_watch(row, now=now)
        if outcome.kind is Kind.PENDING:
            return self._await_payer(row, outcome, now=now)
        if row.state == PaymentState.SENDING:
            transition(row, PaymentState.UNKNOWN, actor=SYSTEM, now=now, reason=outcome.code)
        if outcome.kind is Kind.NOT_FOUND:
            return look_after_grace(row, self.channel(row), now=now)
        return next_look(row, now=now)

    def _next_watch(self, row: Payment, *, now: datetime) -> datetime | None:
        """Late money of a closed charge is looked for, where the channel has no last word about it."""
        watch = self.channel(row).late_watch
        watched = may_be_late(row) and row.attempts < len(watch)
        return now + watch[row.attempts] if watched else None

    def _await_payer(self, row: Payment, outcome: Outcome, *, now: datetime) -> datetime:
        cashier = self.channel(row).cashier
        if row.state != PaymentState.AWAITING_PAYER:
            transition(
                row,
                PaymentState.AWAITING_PAYER,
                actor=SYSTEM,
                now=now,
                cashier_url=outcome.cashier_url,
                cashier_expires_at=now + cashier.lifetime if cashier else None,
                attempts=1,
            )
        later = next_look(row, now=now)
        return min(later, row.close_at) if row.close_at > now else later


def may_be_late(payment: Payment) -> bool:
    """Closed by us without the channel's word that it will never be carried out."""
    is_closed = payment.state == PaymentState.CLOSED and payment.sent_at is not None
    return is_closed and bool(payment_channel_of(payment).late_watch)
