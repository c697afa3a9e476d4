"""A refund as an errand to its channel: see payments.three_steps."""

from __future__ import annotations

from datetime import datetime

from payments import purposes
from payments.actions.complete_refund import complete_refund, refuse_refund
from payments.channels.base import GiveBack, Kind, Outcome
from payments.channels.protocol import PaymentChannel
from payments.lifecycle import OPEN_REFUND_STATES, RefundState
from payments.models import Payment, Refund
from payments.money_accounts import payment_channel_of
from payments.three_steps import (
    SYSTEM,
    Errand,
    Verdict,
    ask_a_person,
    instruction_number,
    look_after_grace,
    next_look,
    past_grace,
)
from work.lifecycle import transition


class RefundErrand(Errand[Refund]):
    kind = "refund"
    sending = RefundState.SENDING
    unknown = RefundState.UNKNOWN

    def channel(self, row: Refund) -> PaymentChannel:
        return payment_channel_of(row.payment)

    def lock_outer(self, row: Refund) -> None:
        purposes.get(row.payment.purpose).lock(row.payment.purpose_ref)
        Payment.objects.select_for_update(of=("self",)).get(pk=row.payment_id)

    def encode(self, row: Refund) -> bytes:
        payment = row.payment
        refund = GiveBack(
            number=instruction_number(row),
            amount_fen=row.amount_fen,
            charge_number=payment.number,
            charge_transaction_no=payment.channel_transaction_no or "",
            charge_amount_fen=payment.amount_fen,
            details=payment.details,
        )
        return self.channel(row).encode_refund(refund)

    def call(self, row: Refund, body: bytes) -> Outcome:
        return self.channel(row).refund(body)

    def query(self, row: Refund) -> Outcome:
        return self.channel(row).query_refund(row.number, details=row.payment.details)

    def judge(self, row: Refund, answer: Outcome, *, now: datetime) -> Verdict:
        unheard_of = answer.kind is Kind.NOT_FOUND and row.state != RefundState.ACCEPTED
        if unheard_of and past_grace(self.channel(row), row.sent_at, now=now):
            return Verdict.SEND_AGAIN
        return Verdict.RECORD

    def apply(self, row: Refund, outcome: Outcome, *, now: datetime) -> datetime | None:
        if outcome.kind is Kind.PAID:
            assert outcome.amount_fen is not None
            complete_refund(
                refund=row, channel_refund_no=outcome.transaction_no, amount_fen=outcome.amount_fen, now=now
            )
            return None
        if row.state not in OPEN_REFUND_STATES:
            return None  # a notification was first
        if outcome.kind is Kind.REFUSED:
            refuse_refund(refund=row, code=outcome.code, now=now)
            return None
        if outcome.kind is Kind.PENDING:
            if row.state != RefundState.ACCEPTED:
                transition(row, RefundState.ACCEPTED, actor=SYSTEM, now=now, attempts=1)
            if outcome.for_a_person:
                ask_a_person("refund", row, reason=outcome.for_a_person, now=now)
            return next_look(row, now=now)
        if row.state == RefundState.SENDING:
            transition(row, RefundState.UNKNOWN, actor=SYSTEM, now=now, reason=outcome.code)
        if outcome.kind is Kind.NOT_FOUND:
            return look_after_grace(row, self.channel(row), now=now)
        return next_look(row, now=now)
