"""A purpose that writes real rows: orders of premium, and claims to be paid out, each one row of the tests' own.

payments sits below enrollment and claims, so its tests bring their own outer room (tests.parcels registers them).
"""

from __future__ import annotations

from datetime import datetime

from demo.schemes import SANMENXIA, create_demo_scheme
from payments import purposes
from payments.models import Payment, Refund, Transfer
from payments.purposes import NoCover
from tests.parcels.models import Obligation
from work.outbox import enqueue

PURPOSE = "test.purpose"
PAYOUT = "test.payout"
SCHEME, PLAN_YEAR, INSURER = SANMENXIA.code, "smx-2027", "xiaoshan"

WAITING, PAID, EXPIRED, REFUNDED = 0, 1, 2, 3
BOUNCED, REJECTED = 4, 5


def open_order(ref: str = "order-1", state: int = WAITING) -> str:
    """One obligation of Sanmenxia's; returns its reference."""
    create_demo_scheme(SANMENXIA)
    Obligation.objects.create(ref=ref, state=state)
    return ref


def state_of(ref: str) -> int:
    return Obligation.objects.get(ref=ref).state


def expire(ref: str) -> None:
    Obligation.objects.filter(ref=ref).update(state=EXPIRED)


def _lock(purpose_ref: str) -> None:
    Obligation.objects.select_for_update().get(ref=purpose_ref)


def _on_paid(payment: Payment, *, now: datetime) -> None:
    enqueue("test.covered", key=payment.purpose_ref, payload={"number": payment.number}, now=now)
    if not Obligation.objects.filter(ref=payment.purpose_ref, state=WAITING).update(state=PAID):
        raise NoCover("order_expired", "The order has expired.")


def _on_closed(payment: Payment, *, now: datetime) -> None:
    Obligation.objects.filter(ref=payment.purpose_ref, state=WAITING).update(state=EXPIRED)


def _on_refunded(refund: Refund, *, now: datetime) -> None:
    Obligation.objects.filter(ref=refund.payment.purpose_ref, state=PAID).update(state=REFUNDED)


def _paid_out(transfer: Transfer, *, now: datetime) -> None:
    enqueue("test.paid_out", key=transfer.number, payload={}, now=now)
    Obligation.objects.filter(ref=transfer.purpose_ref).update(state=PAID)


def _bounced(transfer: Transfer, *, now: datetime) -> None:
    Obligation.objects.filter(ref=transfer.purpose_ref).update(state=BOUNCED)


def _rejected(transfer: Transfer, *, now: datetime) -> None:
    Obligation.objects.filter(ref=transfer.purpose_ref).update(state=REJECTED)


def _title(purpose_ref: str) -> str:
    return f"三门峡惠民保 2027 {purpose_ref}"


def _page(payment: Payment) -> str:
    return f"/enrol/{payment.purpose_ref}/"


def register() -> None:
    purposes.register(
        PURPOSE,
        ledger_account="liability.premium",
        lock=_lock,
        on_paid=_on_paid,
        on_closed=_on_closed,
        on_refunded=_on_refunded,
        describe=_title,
        page=_page,
    )
    purposes.register_transfer(
        PAYOUT,
        ledger_account="liability.claims_payable",
        lock=_lock,
        on_paid=_paid_out,
        on_bounced=_bounced,
        on_rejected=_rejected,
    )
