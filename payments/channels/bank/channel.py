"""The bank as a channel: transfers by instruction number, in the signed protocol of core.signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from core.partners import Partner, Variable
from core.shapes import matching
from core.signed import NoAnswer, Reply, SignedClient, variables
from payments import conf
from payments.channels.bank import day_file
from payments.channels.base import Bill, Kind, NoBill, Outcome, Payout, Words, canonical
from payments.channels.protocol import BilledChannel, TransferChannel

_STATES = {"accepted": Kind.PENDING, "paid": Kind.PAID, "bounced": Kind.BOUNCED, "rejected": Kind.REFUSED}
_WATCH_MINUTES = (1, 10, 60, 6 * 60, 24 * 60, 24 * 60, 24 * 60, 24 * 60)


@dataclass(frozen=True)
class Bank(TransferChannel, BilledChannel):
    reference: str = "BANK"

    code: ClassVar[str] = "BANK"
    label: ClassVar[Words] = _("Bank transfer")
    grace: ClassVar[timedelta] = timedelta(minutes=5)
    ledger_account: ClassVar[str] = "asset.bank"
    bounce_watch: ClassVar[tuple[timedelta, ...]] = tuple(timedelta(minutes=each) for each in _WATCH_MINUTES)

    def partner(self) -> Partner:
        account = Variable(
            "PAYER_ACCOUNT", "the account that claims are paid from", matching(r"[0-9]{8,32}", "8 to 32 digits")
        )
        return Partner(self.reference, (*variables("the bank"), account))

    def number(self) -> str:
        """The account that pays."""
        return self.partner().values()["PAYER_ACCOUNT"]

    def encode_payout(self, payout: Payout) -> bytes:
        return canonical(
            {
                "instruction_no": payout.number,
                "payer_account": self.number(),
                "payee_name": payout.payee_name,
                "payee_account": payout.account_no,
                "payee_bank": payout.bank_code,
                "amount_fen": payout.amount_fen,
                "purpose": payout.narrative,
            }
        )

    def send(self, body: bytes) -> Outcome:
        try:
            reply = self.client().call("POST", "/transfers", body)
            if reply.is_refusal:
                return Outcome(Kind.REFUSED, code=reply.code(), text=str(reply.fields().get("message", "")))
            return _outcome(reply)
        except NoAnswer as nothing:
            return Outcome.unknown(nothing.code)

    def query(self, number: str) -> Outcome:
        try:
            reply = self.client().call("GET", f"/transfers/{quote(number, safe='')}")
            if reply.is_not_found:
                return Outcome(Kind.NOT_FOUND, code=reply.code())
            return _outcome(reply)
        except NoAnswer as nothing:
            return Outcome.unknown(nothing.code)

    def bill(self, day: date) -> Bill:
        try:
            reply = self.client().call("GET", f"/files/{day.isoformat()}.csv")
            if not reply.is_done:
                raise NoBill(reply.code())
        except NoAnswer as nothing:
            raise NoBill(nothing.code) from None
        return day_file.read(day, reply.content)

    def client(self) -> SignedClient:
        """Raises core.partners.NotConfigured."""
        return SignedClient.of(self.partner().values(), timeout_seconds=conf.timeout_seconds())


def _outcome(reply: Reply) -> Outcome:
    if not reply.is_done:
        return Outcome.unknown(reply.code())
    fields: dict[str, Any] = reply.fields()
    try:
        kind = _STATES[fields["state"]]
        paid_at = datetime.fromisoformat(fields["paid_at"]) if fields.get("paid_at") else None
        if type(fields["amount_fen"]) is not int or (kind in (Kind.PAID, Kind.BOUNCED) and paid_at is None):
            return Outcome.unknown("reply_unreadable")
        return Outcome(
            kind,
            code=str(fields["state"]),
            text=str(fields.get("reason") or ""),
            transaction_no=str(fields["serial"]),
            amount_fen=fields["amount_fen"],
            at=paid_at,
        )
    except (KeyError, ValueError, TypeError):
        return Outcome.unknown("reply_unreadable")
