"""What money is for. Outer rooms register here; this room calls them back and never imports them.

Every callback runs inside the transaction that records the money, so either both happen or neither:

    register(
        "enrollment.order",
        ledger_account="liability.premium",        # with the scheme and plan year of the payment
        lock=lock_order,                           # (purpose_ref) -> None: SELECT … FOR UPDATE on the order
        on_paid=issue_policies,                    # (payment, *, now) -> None; raises NoCover
        on_closed=release_order,                   # (payment, *, now) -> None: it ended unpaid (CLOSED or FAILED)
        on_refunded=surrender_finished,            # (refund, *, now) -> None, optional
        describe=order_title,                      # (purpose_ref) -> str for the payer's statement; no personal data
        page=order_url,                            # (payment) -> str: where the status page leads back to
    )

Locks are taken in the house's order (person → order → payment → claim → payout → ledger): `lock` is called
before the payment's row is locked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from core.errors import DomainError
from core.registry import Registry

if TYPE_CHECKING:
    from payments.models import Payment, Refund, Transfer


class NoCover(DomainError):
    """Raised by on_paid when the money buys nothing (order expired, closed, already paid): it is refunded in full."""

    status = 409


class PaymentCallback(Protocol):
    def __call__(self, payment: Payment, /, *, now: datetime) -> None: ...


class RefundCallback(Protocol):
    def __call__(self, refund: Refund, /, *, now: datetime) -> None: ...


class TransferCallback(Protocol):
    def __call__(self, transfer: Transfer, /, *, now: datetime) -> None: ...


def _nothing(_row: object, *, now: datetime) -> None:
    """The purpose has nothing to do at this point."""


def _no_lock(_purpose_ref: str) -> None:
    """The purpose has no row of its own to lock."""


def _no_page(_row: object) -> str:
    return ""


@dataclass(frozen=True)
class Purpose:
    """What a payment is for. ledger_account: the account credited by money in."""

    name: str
    ledger_account: str
    on_paid: PaymentCallback
    on_closed: PaymentCallback
    on_refunded: RefundCallback
    describe: Callable[[str], str]
    lock: Callable[[str], None]
    page: Callable[[Payment], str]


@dataclass(frozen=True)
class TransferPurpose:
    """What a transfer is for. ledger_account: the account debited by money out."""

    name: str
    ledger_account: str
    on_paid: TransferCallback
    on_rejected: TransferCallback
    on_bounced: TransferCallback
    lock: Callable[[str], None]


_purposes: Registry[Purpose] = Registry("purpose of money in")
_transfer_purposes: Registry[TransferPurpose] = Registry("purpose of money out")


def register(
    name: str,
    *,
    ledger_account: str,
    on_paid: PaymentCallback,
    describe: Callable[[str], str],
    on_closed: PaymentCallback = _nothing,
    on_refunded: RefundCallback = _nothing,
    lock: Callable[[str], None] = _no_lock,
    page: Callable[[Payment], str] = _no_page,
) -> None:
    """Say what happens to money taken for `name`. From AppConfig.ready, once; another one raises AlreadyRegistered."""
    purpose = Purpose(
        name=name,
        ledger_account=ledger_account,
        on_paid=on_paid,
        on_closed=on_closed,
        on_refunded=on_refunded,
        describe=describe,
        lock=lock,
        page=page,
    )
    _purposes.register(name, purpose)


def register_transfer(
    name: str,
    *,
    ledger_account: str,
    on_paid: TransferCallback,
    on_rejected: TransferCallback,
    on_bounced: TransferCallback,
    lock: Callable[[str], None] = _no_lock,
) -> None:
    """Say what happens to money sent for `name`. From AppConfig.ready, once; another one raises AlreadyRegistered."""
    purpose = TransferPurpose(
        name=name,
        ledger_account=ledger_account,
        on_paid=on_paid,
        on_rejected=on_rejected,
        on_bounced=on_bounced,
        lock=lock,
    )
    _transfer_purposes.register(name, purpose)


def get(name: str) -> Purpose:
    """Raises NotRegistered, a LookupError."""
    return _purposes.get(name)


def get_transfer(name: str) -> TransferPurpose:
    """Raises NotRegistered, a LookupError."""
    return _transfer_purposes.get(name)
