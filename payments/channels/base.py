"""What goes between this room and a channel."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

Words = str | Promise


class Kind(StrEnum):
    """PAID: the money has moved. PENDING: carried on by the channel or the payer. REFUSED: definitively not executed,
    and never will be under this number. NOT_FOUND: the channel does not know the number (yet). BOUNCED: it was paid and
    came back. UNKNOWN: no answer, or none that can be trusted."""

    PAID = "PAID"
    PENDING = "PENDING"
    REFUSED = "REFUSED"
    NOT_FOUND = "NOT_FOUND"
    BOUNCED = "BOUNCED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Outcome:
    """code: the channel's own code, or ours for a failed call; stable, no personal data, may be logged.
    text: the channel's words for people, may quote names: never logged. amount_fen: what the channel says it moved.
    for_a_person: why somebody must look at it although it is not over; no personal data."""

    kind: Kind
    code: str = ""
    text: str = ""
    transaction_no: str = ""
    amount_fen: int | None = None
    at: datetime | None = None
    cashier_url: str = ""
    for_a_person: str = ""

    @classmethod
    def unknown(cls, code: str) -> Outcome:
        return cls(Kind.UNKNOWN, code=code)


# Who pays, for whom


@dataclass(frozen=True, slots=True)
class Share:
    """One insured person's part. relation: what she is to the payer, a key of nhsa.RELATIONS. is_close: the payer
    herself or a relative for whom the law lets her account pay; is_proved: and it is proved that she is."""

    psn_no: str
    relation: str
    amount_fen: int
    is_close: bool
    is_proved: bool
    authorisation_no: str = ""


@dataclass(frozen=True, slots=True)
class Purchase:
    """What somebody wants to pay, as far as a channel may ask. client_ip: where her request came from."""

    purpose: str
    payer_name: str
    payer_psn_no: str
    payer_area: str
    has_personal_account: bool
    shares: tuple[Share, ...]
    client_ip: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """code: stable; words: for the payer, with what to do instead."""

    code: str
    words: Words


@dataclass(frozen=True, slots=True)
class Cashier:
    """Where the payer confirms, and what is said around it. lifetime: how long its address is good. text has the place
    %(time)s, until when she may pay."""

    lifetime: timedelta
    opening: Words
    title: Words
    text: Words
    button: Words
    button_again: Words


# Requests


@dataclass(frozen=True, slots=True)
class Charge:
    """Money in. details: what the channel needs about the payer (see each channel)."""

    number: str
    amount_fen: int
    subject: str
    expires_at: datetime
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Money back: part or all of the charge `charge_number`."""

    number: str
    amount_fen: int
    charge_number: str
    charge_transaction_no: str
    charge_amount_fen: int
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payout:
    """Money out to a bank account."""

    number: str
    amount_fen: int
    payee_name: str
    account_no: str
    bank_code: str
    narrative: str


# Notifications


@dataclass(frozen=True, slots=True)
class Arrived:
    """A post to the notify address. headers: any case. wall_clock is real time, never the demo clock: channels sign in
    real time."""

    headers: Mapping[str, str]
    body: bytes
    wall_clock: datetime


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A message whose sender is the channel. What it says may still be encrypted."""

    notification_id: str
    event_type: str
    body: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """What a message reports: of a refund when refund_number is given, else of the payment. outcome None: it could not
    be read."""

    payment_number: str
    outcome: Outcome | None
    refund_number: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes
    content_type: str = "application/json"


class NotAuthentic(Exception):
    """A message whose signature, key or time is not good. code: stale, forged, unknown_key, unsigned."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotBelieved(Exception):
    """An authentic message that is not for us or not of a shape we know; a person looks at it. code: unreadable,
    wrong_merchant, wrong_appid, unknown_event."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# Bills


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a bill. number: ours, of the payment, refund or transfer. amount_fen: > 0 came in, < 0 went out."""

    number: str
    transaction_no: str
    amount_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Bill:
    """A channel's own account of one day (civil, Asia/Shanghai). sha256: hex, of the file as it came."""

    day: date
    movements: tuple[Movement, ...]
    sha256: str

    @property
    def total_fen(self) -> int:
        return sum(movement.amount_fen for movement in self.movements)


class NoBill(Exception):
    """No bill that can be trusted. code: not_ready (ask later), or what is wrong with the file or the call."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def canonical(value: Mapping[str, Any]) -> bytes:
    """The same mapping gives the same bytes, on every machine and in every release."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(body: bytes) -> str:
    """Hex SHA-256 of the request's bytes, as stored in request_sha256."""
    return hashlib.sha256(body).hexdigest()
