"""What a channel is to this room: it carries a request and reports an outcome. It never touches state.

One folder each, with CHANNEL in its __init__. All that is particular to a channel stands there: credentials, requests,
the reading of replies, notifications and bills, words, who may use it, times of grace, ledger account. Elsewhere a
channel is only its code.

A request is encoded once into bytes; those bytes (and the number in them) are what is sent, and sent again after an
unknown outcome. Channels raise nothing on trouble with the other side: they return UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from django.utils.functional import Promise

from core.partners import Partner
from payments.channels.base import (
    Answer,
    Arrived,
    Bill,
    Cashier,
    Charge,
    GiveBack,
    Notice,
    Outcome,
    Payout,
    Purchase,
    Refusal,
    SignedMessage,
)


@runtime_checkable
class Channel(Protocol):
    """code: the folder's name in capitals; rows keep it. label: what people call it. grace: how long the other side may
    go on not knowing a number that it has in fact received; before that "not found" proves nothing, after it the same
    request is sent again. ledger_account: where the money stands in the books, each money account by itself."""

    code: ClassVar[str]
    label: ClassVar[str | Promise]
    grace: ClassVar[timedelta]
    ledger_account: ClassVar[str]

    @property
    def reference(self) -> str:
        """The prefix of the named variables that are its credentials."""
        ...

    def at(self, reference: str) -> Self:
        """The same channel with other credentials: a second merchant, a second account."""
        this: Any = self
        changed: Self = replace(this, reference=reference)
        return changed

    def partner(self) -> Partner:
        """The variables of its credentials, under its reference."""
        ...

    def number(self) -> str:
        """What the other side calls us. Raises core.partners.NotConfigured."""
        ...


@runtime_checkable
class PaymentChannel(Channel, Protocol):
    """Money in and back. All amounts in fen.

    rank: its place on the page, small ones first. cashier: where the payer confirms; None when she does not.
    late_watch: when a charge that we gave up while the channel did not know it is asked about again, counted from the
    previous look, in case it was carried out after all; () when the channel's word that it is closed is final.
    refusals: sentences for the payer, by the channel's code in small letters. wants_authority: the platform must have
    permitted the payer to pay for each relative (共济授权) before the charge.
    """

    rank: ClassVar[int]
    cashier: ClassVar[Cashier | None] = None
    late_watch: ClassVar[tuple[timedelta, ...]] = ()
    refusals: ClassVar[Mapping[str, str | Promise]] = {}
    wants_authority: ClassVar[bool] = False

    # Who may use it, for what

    def why_not(self, purchase: Purchase) -> Refusal | None:
        """Why this may not be paid through this channel; None when it may."""
        return None

    def hint(self, purchase: Purchase) -> str | Promise:
        """What is said beside its name where people choose."""
        return ""

    def details(self, purchase: Purchase) -> dict[str, Any]:
        """What it needs to know about people for the charge and all that follows; kept encrypted with the payment."""
        ...

    # Money in

    def encode_charge(self, charge: Charge) -> bytes: ...

    def send(self, body: bytes) -> Outcome: ...

    def query(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        """details: those of the charge; a question goes where the charge went."""
        ...

    def close(self, number: str) -> Outcome:
        """End an order nobody has paid. REFUSED: closed (or never opened). PAID: it was paid first."""
        ...

    def way_to_cashier(self, cashier_url: str, *, back: str) -> str:
        """Where the payer is sent to confirm; back: where she should land afterwards."""
        return cashier_url

    # Money back: the way it came, part or all

    def encode_refund(self, refund: GiveBack) -> bytes: ...

    def refund(self, body: bytes) -> Outcome: ...

    def query_refund(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        """details: those of the charge that is given back."""
        ...


@runtime_checkable
class TransferChannel(Channel, Protocol):
    """Money out. bounce_watch: when a paid transfer is looked at again, because the payee's bank may still return it
    (退票), counted from the previous look; a return after the last look is found with the bill."""

    bounce_watch: ClassVar[tuple[timedelta, ...]]

    def encode_payout(self, payout: Payout) -> bytes: ...

    def send(self, body: bytes) -> Outcome: ...

    def query(self, number: str) -> Outcome: ...


@runtime_checkable
class NotifyingChannel(Channel, Protocol):
    """Tells us of its own accord, by a POST to /pay/notify/<code in small letters>/<number>/."""

    def authenticate(self, arrived: Arrived) -> SignedMessage:
        """Who sent it, and is it fresh? What it says may still be sealed. Raises NotAuthentic."""
        ...

    def read(self, event_type: str, body: str) -> Notice:
        """What an authentic message says, once it is processed. Raises NotBelieved."""
        ...

    def answer(self, refusal: str) -> Answer:
        """What the channel wants to hear. refusal: "" once the message is safely stored, else a code."""
        ...


@runtime_checkable
class BilledChannel(Channel, Protocol):
    """Gives a file of a day's movements, against which the books are compared. A channel without one is not one."""

    def bill(self, day: date) -> Bill:
        """The whole day, checked against the file's own sums. Raises NoBill."""
        ...


__all__ = ["BilledChannel", "Channel", "NotifyingChannel", "PaymentChannel", "TransferChannel"]
