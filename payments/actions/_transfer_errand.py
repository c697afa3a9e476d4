"""A transfer as an errand to the bank: see payments.three_steps."""

from __future__ import annotations

from datetime import datetime

from payments import purposes
from payments.actions.bounce_transfer import bounce_transfer
from payments.actions.confirm_transfer import confirm_transfer, reject_transfer
from payments.channels.base import Kind, Outcome, Payout
from payments.channels.protocol import TransferChannel
from payments.lifecycle import OPEN_TRANSFER_STATES, TransferState
from payments.models import Transfer
from payments.money_accounts import transfer_channel_of
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


class TransferErrand(Errand[Transfer]):
    kind = "transfer"
    sending = TransferState.SENDING
    unknown = TransferState.UNKNOWN

    def channel(self, row: Transfer) -> TransferChannel:
        return transfer_channel_of(row)

    def lock_outer(self, row: Transfer) -> None:
        purposes.get_transfer(row.purpose).lock(row.purpose_ref)

    def encode(self, row: Transfer) -> bytes:
        payout = Payout(
            number=instruction_number(row),
            amount_fen=row.amount_fen,
            payee_name=row.payee_name,
            account_no=row.account_no,
            bank_code=row.bank_code,
            narrative=row.narrative,
        )
        return self.channel(row).encode_payout(payout)

    def call(self, row: Transfer, body: bytes) -> Outcome:
        return self.channel(row).send(body)

    def query(self, row: Transfer) -> Outcome:
        return self.channel(row).query(row.number)

    def judge(self, row: Transfer, answer: Outcome, *, now: datetime) -> Verdict:
        unheard_of = answer.kind is Kind.NOT_FOUND and row.state == TransferState.UNKNOWN
        return (
            Verdict.SEND_AGAIN if unheard_of and past_grace(self.channel(row), row.sent_at, now=now) else Verdict.RECORD
        )

    def apply(self, row: Transfer, outcome: Outcome, *, now: datetime) -> datetime | None:
        if outcome.kind in (Kind.PAID, Kind.BOUNCED):
            return self._moved(row, outcome, now=now)
        if row.state == TransferState.PAID:
            return self._next_watch(row, now=now)  # the bank is out of reach, or contradicts its own "paid"
        if row.state not in OPEN_TRANSFER_STATES:
            return None
        if outcome.kind is Kind.REFUSED:
            reject_transfer(transfer=row, code=outcome.code, text=outcome.text, now=now)
            return None
        if outcome.kind is Kind.PENDING:
            if row.state != TransferState.ACCEPTED:
                transition(row, TransferState.ACCEPTED, actor=SYSTEM, now=now, attempts=1)
            return next_look(row, now=now)
        if row.state == TransferState.SENDING:
            transition(row, TransferState.UNKNOWN, actor=SYSTEM, now=now, reason=outcome.code)
        if outcome.kind is Kind.NOT_FOUND:
            return look_after_grace(row, self.channel(row), now=now)
        return next_look(row, now=now)

    def _moved(self, row: Transfer, outcome: Outcome, *, now: datetime) -> datetime | None:
        """Paid, perhaps returned since. A return we hear of first is still a payment before it is a return."""
        assert outcome.amount_fen is not None and outcome.at is not None
        was_paid = row.state == TransferState.PAID
        paid = confirm_transfer(
            transfer=row,
            bank_serial=outcome.transaction_no,
            amount_fen=outcome.amount_fen,
            paid_at=outcome.at,
            now=now,
        )
        if outcome.kind is Kind.BOUNCED:
            bounce_transfer(transfer=paid, text=outcome.text, now=now)
            return None
        return self._next_watch(row, now=now) if was_paid else paid.next_attempt_at

    def _next_watch(self, row: Transfer, *, now: datetime) -> datetime | None:
        watch = self.channel(row).bounce_watch
        return now + watch[row.attempts] if row.attempts < len(watch) else None
