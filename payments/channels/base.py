"""What a channel is to this room: it carries a request and reports an outcome. It never touches state.

A request is encoded once into bytes; those bytes (and the number in them) are what is sent, and sent again after an
unknown outcome. Channels raise nothing on trouble with the other side: they return UNKNOWN.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol


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
    text: the channel's words for people, may quote names: never logged. amount_fen: what the channel says it moved."""

    kind: Kind
    code: str = ""
    text: str = ""
    transaction_no: str = ""
    amount_fen: int | None = None
    at: datetime | None = None
    cashier_url: str = ""

    @classmethod
    def unknown(cls, code: str) -> Outcome:
        return cls(Kind.UNKNOWN, code=code)


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


class PaymentChannel(Protocol):
    """Money in and back. All amounts in fen."""

    code: ClassVar[str]

    def encode_charge(self, charge: Charge) -> bytes: ...

    def send(self, body: bytes) -> Outcome: ...

    def query(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        """details: those of the charge; a question goes where the charge went."""
        ...

    def close(self, number: str) -> Outcome:
        """End an order nobody has paid. REFUSED: closed (or never opened). PAID: it was paid first."""
        ...

    def encode_refund(self, refund: GiveBack) -> bytes: ...

    def refund(self, body: bytes) -> Outcome: ...

    def query_refund(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        """details: those of the charge that is given back."""
        ...


class TransferChannel(Protocol):
    """Money out."""

    code: ClassVar[str]

    def encode_payout(self, payout: Payout) -> bytes: ...

    def send(self, body: bytes) -> Outcome: ...

    def query(self, number: str) -> Outcome: ...


def canonical(value: Mapping[str, Any]) -> bytes:
    """The same mapping gives the same bytes, on every machine and in every release."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(body: bytes) -> str:
    """Hex SHA-256 of the request's bytes, as stored in request_sha256."""
    return hashlib.sha256(body).hexdigest()
