"""Coupons of the city, worth money: spent at once, given back in part or whole, told of in a signed message.

details: {"holder": the payer's psn_no}. Only a payer's own insurance can be paid with them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

from core.partners import Partner
from core.signed import NoAnswer, Reply, SignedClient, variables
from payments import conf
from payments.channels.base import (
    Answer,
    Arrived,
    Bill,
    Charge,
    GiveBack,
    Kind,
    Movement,
    NoBill,
    NotAuthentic,
    NotBelieved,
    Notice,
    Outcome,
    Purchase,
    Refusal,
    SignedMessage,
    Words,
    canonical,
)
from payments.channels.protocol import BilledChannel, NotifyingChannel, PaymentChannel


@dataclass(frozen=True)
class Coupon(PaymentChannel, NotifyingChannel, BilledChannel):
    reference: str = "COUPON"

    code: ClassVar[str] = "COUPON"
    label: ClassVar[Words] = "City coupon"
    rank: ClassVar[int] = 30
    grace: ClassVar[timedelta] = timedelta(seconds=10)
    ledger_account: ClassVar[str] = "asset.clearing"
    refusals: ClassVar[Mapping[str, Words]] = {"no_coupon": "You hold no coupon. Nothing was taken."}

    def partner(self) -> Partner:
        return Partner(self.reference, variables("the coupon office"))

    def number(self) -> str:
        return self.partner().values()["CLIENT_ID"]

    # Who may use it

    def why_not(self, purchase: Purchase) -> Refusal | None:
        if all(share.psn_no == purchase.payer_psn_no for share in purchase.shares):
            return None
        return Refusal("coupon_for_oneself", "A coupon pays for yourself only.")

    def hint(self, purchase: Purchase) -> Words:
        return "Without any money of your own"

    def details(self, purchase: Purchase) -> dict[str, Any]:
        return {"holder": purchase.payer_psn_no}

    # Money in and back

    def encode_charge(self, charge: Charge) -> bytes:
        return canonical({"number": charge.number, "fen": charge.amount_fen, "holder": charge.details["holder"]})

    def send(self, body: bytes) -> Outcome:
        return self._call("POST", "/spent", body)

    def query(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        return self._call("GET", f"/spent/{number}")

    def close(self, number: str) -> Outcome:
        """Spent or refused at once: there is nothing to close."""
        return Outcome(Kind.REFUSED, code="closed")

    def encode_refund(self, refund: GiveBack) -> bytes:
        return canonical({"number": refund.number, "fen": refund.amount_fen, "of": refund.charge_number})

    def refund(self, body: bytes) -> Outcome:
        return self._call("POST", "/returned", body)

    def query_refund(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        return self._call("GET", f"/returned/{number}")

    def _call(self, method: str, path: str, body: bytes = b"") -> Outcome:
        try:
            reply = self._client().call(method, path, body)
            if reply.is_refusal:
                return Outcome(Kind.REFUSED, code=reply.code())
            if reply.is_not_found:
                return Outcome(Kind.NOT_FOUND, code=reply.code())
            return _moved(reply.fields()) if reply.is_done else Outcome.unknown(reply.code())
        except NoAnswer as nothing:
            return Outcome.unknown(nothing.code)

    def _client(self) -> SignedClient:
        return SignedClient.of(self.partner().values(), timeout_seconds=conf.timeout_seconds())

    # What it tells of its own accord

    def authenticate(self, arrived: Arrived) -> SignedMessage:
        given = {name.lower(): value for name, value in arrived.headers.items()}
        at, mark = given.get("coupon-time", ""), given.get("coupon-mark", "")
        if not at.isascii() or not at.isdigit():
            raise NotAuthentic("unsigned")
        signed_at = datetime.fromtimestamp(int(at), UTC)
        if abs(arrived.wall_clock - signed_at) > timedelta(minutes=5):
            raise NotAuthentic("stale")
        secret = self.partner().values()["SECRET"]
        if not hmac.compare_digest(message_mark(secret, at, arrived.body).encode(), mark.encode()):
            raise NotAuthentic("forged")
        text = arrived.body.decode()
        return SignedMessage(str(json.loads(text)["id"]), "spent", text, signed_at)

    def read(self, event_type: str, body: str) -> Notice:
        if event_type != "spent":
            raise NotBelieved("unknown_event")
        said = json.loads(body)
        return Notice(str(said["number"]), _moved(said))

    def answer(self, refusal: str) -> Answer:
        return Answer(b"no" if refusal else b"thanks", "text/plain")

    def bill(self, day: date) -> Bill:
        try:
            reply: Reply = self._client().call("GET", "/days", params={"day": day.isoformat()})
            if not reply.is_done:
                raise NoBill(reply.code())
            lines = reply.fields()["lines"]
        except NoAnswer as nothing:
            raise NoBill(nothing.code) from None
        moved = [Movement(one["number"], one["serial"], one["fen"], datetime.fromisoformat(one["at"])) for one in lines]
        return Bill(day, tuple(moved), hashlib.sha256(reply.content).hexdigest())


def message_mark(secret: str, at: str, body: bytes) -> str:
    return hmac.new(secret.encode(), at.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def _moved(said: Mapping[str, Any]) -> Outcome:
    at = datetime.fromisoformat(said["at"])
    return Outcome(Kind.PAID, code="spent", transaction_no=said["serial"], amount_fen=abs(said["fen"]), at=at)
