"""What every channel must do, whatever stands behind it. A channel is tried by a class that inherits from one of these
and says in `other_side` who answers; nothing else of the channel is known here.

The other side is real HTTP, and what it carried out is read from its own log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

import pytest
from django.utils.translation import override

from core import clock
from core.partners import NotConfigured
from ledger.chart import account_of
from payments.channels.base import (
    Arrived,
    Charge,
    GiveBack,
    Kind,
    NoBill,
    NotAuthentic,
    Outcome,
    Payout,
    digest,
)
from payments.channels.protocol import (
    BilledChannel,
    Channel,
    NotifyingChannel,
    PaymentChannel,
    TransferChannel,
)

FEN = 20_000
NUMBER, REFUND, UNKNOWN_NUMBER = "PY-2027-0000001", "RF-2027-0000001", "PY-2027-9999999"
# After execution, the reply is lost, replaced or not the channel's own; and before, so that nothing was executed.
LOST_REPLIES = ("drop_reply", "error_after", "garbage", "forge_reply")
LOST_REQUESTS = ("drop_before", "error_before")


class OtherSide(Protocol):
    """Who answers a channel in these tests, and what it can be made to do."""

    channel: Any

    def fault(self, operation: str, kind: str) -> None:
        """One call of charge, query, refund, transfer … meets this fault; "refuse": it is refused for good."""
        ...

    def executed(self) -> list[tuple[str, int]]:
        """(number, fen) of every movement, in its own log."""
        ...


class PayingSide(OtherSide, Protocol):
    def details(self) -> dict[str, Any]:
        """Of a payer who may pay FEN."""
        ...

    def payer_confirms(self, number: str) -> None:
        """At the cashier; nothing where there is none."""
        ...


class ChannelContract:
    @pytest.fixture
    def channel(self, other_side: OtherSide) -> Channel:
        channel: Channel = other_side.channel
        return channel

    def test_says_who_it_is(self, channel: Channel) -> None:
        for language in ("en", "zh-hans"):
            with override(language):
                assert str(channel.label).strip()
        assert channel.code.isupper()
        assert channel.grace > timedelta(0)
        assert account_of(channel.ledger_account).nature == "asset"

    def test_another_one_of_its_kind_has_other_credentials(self, channel: Channel) -> None:
        """The second merchant of a kind never speaks with the keys of the first."""
        second = channel.at(f"{channel.reference}_9")
        assert (channel.partner().prefix, second.partner().prefix) == (channel.reference, f"{channel.reference}_9")
        assert second.code == channel.code
        with pytest.raises(NotConfigured, match=f"not set: {second.reference}_"):
            second.partner().values()

    def test_knows_what_the_other_side_calls_us(self, channel: Channel) -> None:
        assert channel.number() in channel.partner().values().values()

    def test_does_not_print_its_secrets(self, channel: Channel) -> None:
        shown = repr(channel)
        assert not [value for value in channel.partner().values().values() if len(value) > 8 and value in shown]


class PaymentContract(ChannelContract):
    def charge(self, side: PayingSide, number: str = NUMBER, fen: int = FEN) -> bytes:
        expires_at = clock.now() + timedelta(minutes=30)
        # To the second: the same charge is encoded again much later.
        expires_at = expires_at.replace(microsecond=0)
        return side.channel.encode_charge(Charge(number, fen, "三门峡惠民保 2027", expires_at, side.details()))

    def query(self, side: PayingSide, number: str = NUMBER) -> Outcome:
        outcome: Outcome = side.channel.query(number, details=side.details())
        return outcome

    def paid(self, side: PayingSide, number: str = NUMBER) -> Outcome:
        side.channel.send(self.charge(side, number))
        side.payer_confirms(number)
        outcome = self.query(side, number)
        assert outcome.kind is Kind.PAID
        return outcome

    def back(self, side: PayingSide, charged: Outcome, fen: int = FEN, number: str = REFUND) -> bytes:
        return side.channel.encode_refund(
            GiveBack(number, fen, NUMBER, charged.transaction_no, FEN, details=side.details())
        )

    def query_refund(self, side: PayingSide, number: str = REFUND) -> Outcome:
        outcome: Outcome = side.channel.query_refund(number, details=side.details())
        return outcome

    def test_is_a_payment_channel(self, channel: Channel) -> None:
        assert isinstance(channel, PaymentChannel)

    def test_the_same_charge_is_the_same_bytes(self, other_side: PayingSide) -> None:
        now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
        charge = Charge(NUMBER, FEN, "三门峡惠民保 2027", now, other_side.details())
        first, again = other_side.channel.encode_charge(charge), other_side.channel.encode_charge(charge)
        assert digest(first) == digest(again)
        assert NUMBER.encode() in first, "its number travels with it"

    def test_sent_once_it_is_executed_once(self, other_side: PayingSide) -> None:
        outcome = self.paid(other_side)
        assert (outcome.amount_fen, bool(outcome.transaction_no)) == (FEN, True)
        assert outcome.at is not None
        assert outcome.at.tzinfo is not None
        assert other_side.executed() == [(NUMBER, FEN)]

    def test_sent_twice_it_is_executed_once(self, other_side: PayingSide) -> None:
        body = self.charge(other_side)
        first, second = other_side.channel.send(body), other_side.channel.send(body)
        assert (first.kind, first.transaction_no, first.cashier_url) == (
            second.kind,
            second.transaction_no,
            second.cashier_url,
        )
        other_side.payer_confirms(NUMBER)
        assert other_side.executed() == [(NUMBER, FEN)]

    @pytest.mark.faults
    @pytest.mark.parametrize("kind", LOST_REPLIES)
    def test_a_reply_that_is_lost_is_unknown_and_the_query_finds_out(self, other_side: PayingSide, kind: str) -> None:
        other_side.fault("charge", kind)
        lost = other_side.channel.send(self.charge(other_side))
        assert (lost.kind, lost.amount_fen) == (Kind.UNKNOWN, None)
        assert lost.code
        other_side.payer_confirms(NUMBER)
        assert self.query(other_side).kind is Kind.PAID
        assert other_side.executed() == [(NUMBER, FEN)]

    @pytest.mark.faults
    @pytest.mark.parametrize("kind", LOST_REQUESTS)
    def test_a_request_that_is_lost_is_unknown_then_not_found_and_is_sent_again(
        self, other_side: PayingSide, kind: str
    ) -> None:
        body = self.charge(other_side)
        other_side.fault("charge", kind)
        assert other_side.channel.send(body).kind is Kind.UNKNOWN
        assert self.query(other_side).kind is Kind.NOT_FOUND
        assert other_side.channel.send(body).kind in (Kind.PAID, Kind.PENDING)
        other_side.payer_confirms(NUMBER)
        assert other_side.executed() == [(NUMBER, FEN)]

    @pytest.mark.faults
    def test_a_refusal_is_definitive_and_nothing_is_executed(self, other_side: PayingSide) -> None:
        other_side.fault("charge", "refuse")
        refused = other_side.channel.send(self.charge(other_side))
        assert (refused.kind, refused.amount_fen) == (Kind.REFUSED, None)
        assert refused.code
        assert other_side.executed() == []

    @pytest.mark.faults
    @pytest.mark.parametrize("kind", ["error_before", "drop_reply", "forge_reply"])
    def test_a_query_without_an_answer_is_unknown(self, other_side: PayingSide, kind: str) -> None:
        self.paid(other_side)
        other_side.fault("query", kind)
        assert self.query(other_side).kind is Kind.UNKNOWN

    def test_a_number_never_sent_is_not_found(self, other_side: PayingSide) -> None:
        assert self.query(other_side, UNKNOWN_NUMBER).kind is Kind.NOT_FOUND
        assert self.query_refund(other_side, UNKNOWN_NUMBER).kind is Kind.NOT_FOUND

    def test_what_was_never_sent_can_be_closed(self, other_side: PayingSide) -> None:
        assert other_side.channel.close(UNKNOWN_NUMBER).kind is Kind.REFUSED

    # Money back

    def test_the_same_refund_is_the_same_bytes(self, other_side: PayingSide) -> None:
        charged = Outcome(Kind.PAID, transaction_no="T-1")
        assert self.back(other_side, charged) == self.back(other_side, charged)

    @pytest.mark.parametrize("fen", [1, FEN // 2, FEN])
    def test_part_or_all_goes_back_once_however_often_it_is_sent(self, other_side: PayingSide, fen: int) -> None:
        body = self.back(other_side, self.paid(other_side), fen)
        for _ in range(2):
            assert other_side.channel.refund(body).kind in (Kind.PAID, Kind.PENDING)
        found = self.query_refund(other_side)
        assert (found.kind, found.amount_fen, bool(found.transaction_no)) == (Kind.PAID, fen, True)
        assert other_side.executed() == [(NUMBER, FEN), (REFUND, -fen)]

    @pytest.mark.faults
    @pytest.mark.parametrize("kind", LOST_REPLIES)
    def test_a_refund_whose_reply_is_lost_is_found(self, other_side: PayingSide, kind: str) -> None:
        body = self.back(other_side, self.paid(other_side))
        other_side.fault("refund", kind)
        assert other_side.channel.refund(body).kind is Kind.UNKNOWN
        assert self.query_refund(other_side).kind is Kind.PAID
        assert other_side.executed() == [(NUMBER, FEN), (REFUND, -FEN)]

    def test_more_than_was_paid_never_goes_back(self, other_side: PayingSide) -> None:
        body = self.back(other_side, self.paid(other_side), FEN + 1)
        assert other_side.channel.refund(body).kind in (Kind.REFUSED, Kind.UNKNOWN)
        assert other_side.executed() == [(NUMBER, FEN)]


class CashierContract(PaymentContract):
    """Of a channel whose payer confirms at its cashier."""

    def test_what_waits_at_its_cashier_is_pending_until_it_is_closed(self, other_side: PayingSide) -> None:
        sent = other_side.channel.send(self.charge(other_side))
        assert sent.kind is Kind.PENDING
        way = other_side.channel.way_to_cashier(sent.cashier_url, back="https://portal.example/pay/1/")
        assert way.startswith(sent.cashier_url)
        assert "portal.example" in way
        assert self.query(other_side).kind is Kind.PENDING
        assert other_side.channel.close(NUMBER).kind is Kind.REFUSED
        assert self.query(other_side).kind is Kind.REFUSED

    def test_what_was_paid_is_not_closed(self, other_side: PayingSide) -> None:
        self.paid(other_side)
        assert other_side.channel.close(NUMBER).kind in (Kind.PAID, Kind.PENDING)


class TransferContract(ChannelContract):
    def payout(self, side: OtherSide, number: str = "TR-2027-0000001") -> bytes:
        body: bytes = side.channel.encode_payout(
            Payout(number, FEN, "李秀兰", "6222021001112345678", "", "惠民保理赔款")
        )
        return body

    def test_is_a_transfer_channel(self, channel: Channel) -> None:
        assert isinstance(channel, TransferChannel)
        assert channel.bounce_watch

    def test_the_same_payout_is_the_same_bytes(self, other_side: OtherSide) -> None:
        assert self.payout(other_side) == self.payout(other_side)

    def test_sent_twice_it_is_paid_once(self, other_side: OtherSide) -> None:
        for _ in range(2):
            assert other_side.channel.send(self.payout(other_side)).kind in (Kind.PENDING, Kind.PAID)
        found = other_side.channel.query("TR-2027-0000001")
        assert (found.kind, found.amount_fen, bool(found.transaction_no)) == (Kind.PAID, FEN, True)
        assert other_side.executed() == [("TR-2027-0000001", -FEN)]

    @pytest.mark.faults
    @pytest.mark.parametrize("kind", LOST_REPLIES)
    def test_a_reply_that_is_lost_is_unknown_and_the_query_finds_out(self, other_side: OtherSide, kind: str) -> None:
        other_side.fault("transfer", kind)
        assert other_side.channel.send(self.payout(other_side)).kind is Kind.UNKNOWN
        assert other_side.channel.query("TR-2027-0000001").kind is Kind.PAID
        assert other_side.executed() == [("TR-2027-0000001", -FEN)]

    @pytest.mark.faults
    @pytest.mark.parametrize("kind", LOST_REQUESTS)
    def test_a_request_that_is_lost_is_unknown_then_not_found(self, other_side: OtherSide, kind: str) -> None:
        other_side.fault("transfer", kind)
        assert other_side.channel.send(self.payout(other_side)).kind is Kind.UNKNOWN
        assert other_side.channel.query("TR-2027-0000001").kind is Kind.NOT_FOUND

    @pytest.mark.faults
    def test_a_refusal_is_definitive_and_nothing_is_executed(self, other_side: OtherSide) -> None:
        other_side.fault("transfer", "refuse")
        assert other_side.channel.send(self.payout(other_side)).kind is Kind.REFUSED
        assert other_side.executed() == []


class NotifyingContract:
    """Beside PaymentContract: `notification` is a message that the channel itself has sent about a paid charge."""

    def test_its_own_message_is_believed_and_says_what_was_paid(
        self, other_side: PayingSide, notification: Arrived
    ) -> None:
        assert isinstance(other_side.channel, NotifyingChannel)
        message = other_side.channel.authenticate(notification)
        assert message.notification_id
        notice = other_side.channel.read(message.event_type, message.body)
        assert (notice.payment_number, notice.refund_number) == (NUMBER, "")
        assert notice.outcome is not None
        assert (notice.outcome.kind, notice.outcome.amount_fen) == (Kind.PAID, FEN)

    def test_the_same_message_has_the_same_id(self, other_side: PayingSide, notification: Arrived) -> None:
        first, again = (other_side.channel.authenticate(notification) for _ in range(2))
        assert first.notification_id == again.notification_id

    @pytest.mark.parametrize("hours", [1, -1])
    def test_at_another_hour_it_proves_nothing(self, other_side: PayingSide, notification: Arrived, hours: int) -> None:
        elsewhere = Arrived(notification.headers, notification.body, notification.wall_clock + timedelta(hours=hours))
        with pytest.raises(NotAuthentic, match="stale"):
            other_side.channel.authenticate(elsewhere)

    def test_changed_by_one_letter_it_is_forged(self, other_side: PayingSide, notification: Arrived) -> None:
        with pytest.raises(NotAuthentic, match="forged"):
            other_side.channel.authenticate(
                Arrived(notification.headers, notification.body + b" ", notification.wall_clock)
            )

    def test_without_its_headers_it_is_nobodys(self, other_side: PayingSide, notification: Arrived) -> None:
        with pytest.raises(NotAuthentic):
            other_side.channel.authenticate(Arrived({}, notification.body, notification.wall_clock))

    def test_stored_and_refused_are_told_apart(self, other_side: PayingSide) -> None:
        assert other_side.channel.answer("") != other_side.channel.answer("notification_not_authentic")


class BilledContract:
    """Beside the others: the bill of a day has every movement of that day, to the fen."""

    @contextmanager
    def after(self, side: Any, day: date) -> Iterator[None]:
        """The time at which the bill of a day can be had; overridden where the channel makes people wait."""
        yield

    def movements(self, side: Any) -> list[tuple[str, int]]:
        """Let money move today; (number, fen) of what moved."""
        raise NotImplementedError

    def test_the_bill_of_the_day_has_every_movement(self, other_side: OtherSide) -> None:
        assert isinstance(other_side.channel, BilledChannel)
        moved = self.movements(other_side)
        today = clock.today()
        with self.after(other_side, today):
            bill = other_side.channel.bill(today)
        assert sorted((line.number, line.amount_fen) for line in bill.movements) == sorted(moved)
        assert sorted(moved) == sorted(other_side.executed())
        assert bill.total_fen == sum(fen for _number, fen in moved)
        assert all(clock.civil_date(line.at) == today and line.transaction_no for line in bill.movements)

    def test_a_quiet_day_has_a_bill_without_lines(self, other_side: OtherSide) -> None:
        today = clock.today()
        with self.after(other_side, today):
            assert other_side.channel.bill(today).movements == ()

    @pytest.mark.faults
    @pytest.mark.parametrize("kind", ["error_before", "drop_reply", "forge_reply"])
    def test_a_bill_that_cannot_be_trusted_is_none(self, other_side: OtherSide, kind: str) -> None:
        today = clock.today()
        with self.after(other_side, today):
            other_side.fault("bill", kind)
            with pytest.raises(NoBill):
                other_side.channel.bill(today)
