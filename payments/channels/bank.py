"""The insurer's bank: transfers by instruction number, in the signed protocol of core.signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from core.signed import NoAnswer
from payments.channels.base import Kind, Outcome, Payout, canonical
from payments.conf import BankCredentials

_STATES = {"accepted": Kind.PENDING, "paid": Kind.PAID, "bounced": Kind.BOUNCED, "rejected": Kind.REFUSED}


@dataclass(frozen=True)
class BankChannel:
    credentials: BankCredentials

    code: ClassVar[str] = "BANK"

    def encode_payout(self, payout: Payout) -> bytes:
        return canonical(
            {
                "instruction_no": payout.number,
                "payer_account": self.credentials.payer_account,
                "payee_name": payout.payee_name,
                "payee_account": payout.account_no,
                "payee_bank": payout.bank_code,
                "amount_fen": payout.amount_fen,
                "purpose": payout.narrative,
            }
        )

    def send(self, body: bytes) -> Outcome:
        try:
            reply = self.credentials.client.call("POST", "/transfers", body)
            if reply.is_refusal:
                return Outcome(Kind.REFUSED, code=reply.code(), text=str(reply.fields().get("message", "")))
            return _outcome(reply.fields()) if reply.is_done else Outcome.unknown(reply.code())
        except NoAnswer as nothing:
            return Outcome.unknown(nothing.code)

    def query(self, number: str) -> Outcome:
        try:
            reply = self.credentials.client.call("GET", f"/transfers/{quote(number, safe='')}")
            if reply.is_not_found:
                return Outcome(Kind.NOT_FOUND, code=reply.code())
            return _outcome(reply.fields()) if reply.is_done else Outcome.unknown(reply.code())
        except NoAnswer as nothing:
            return Outcome.unknown(nothing.code)


def _outcome(reply: dict[str, Any]) -> Outcome:
    try:
        kind = _STATES[reply["state"]]
        paid_at = datetime.fromisoformat(reply["paid_at"]) if reply.get("paid_at") else None
        if type(reply["amount_fen"]) is not int or (kind in (Kind.PAID, Kind.BOUNCED) and paid_at is None):
            return Outcome.unknown("reply_unreadable")
        return Outcome(
            kind,
            code=str(reply["state"]),
            text=str(reply.get("reason") or ""),
            transaction_no=str(reply["serial"]),
            amount_fen=reply["amount_fen"],
            at=paid_at,
        )
    except (KeyError, ValueError, TypeError):
        return Outcome.unknown("reply_unreadable")
