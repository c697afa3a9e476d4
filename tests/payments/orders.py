"""A purpose that writes real rows: orders of premium, and claims to be paid out, each one row of core's counters.

payments sits below enrollment and claims, so its tests bring their own outer room. `last` of the row is the state.
Imported by the tests and by every worker process they start, which must know the purposes too.
"""

from __future__ import annotations

from datetime import datetime

from core.models import NumberCounter
from core.outbox import enqueue, handler
from payments import purposes
from payments.models import Payment, Refund, Transfer
from payments.purposes import NoCover

PURPOSE = "test.purpose"
PAYOUT = "test.payout"
PLAN_YEAR = "smx-2027"

WAITING, PAID, EXPIRED, REFUNDED = 0, 1, 2, 3
BOUNCED, REJECTED = 4, 5


def open_order(ref: str = "order-1", state: int = WAITING) -> str:
    """One obligation; returns its reference."""
    NumberCounter.objects.create(series=ref, last=state)
    return ref


def state_of(ref: str) -> int:
    return NumberCounter.objects.get(series=ref).last


def expire(ref: str) -> None:
    NumberCounter.objects.filter(series=ref).update(last=EXPIRED)


def _lock(purpose_ref: str) -> None:
    NumberCounter.objects.select_for_update().get(series=purpose_ref)


def _on_paid(payment: Payment, *, now: datetime) -> None:
    enqueue("test.covered", key=payment.purpose_ref, payload={"number": payment.number}, now=now)
    if not NumberCounter.objects.filter(series=payment.purpose_ref, last=WAITING).update(last=PAID):
        raise NoCover("order_expired", "The order has expired.")


def _on_closed(payment: Payment, *, now: datetime) -> None:
    NumberCounter.objects.filter(series=payment.purpose_ref, last=WAITING).update(last=EXPIRED)


def _on_refunded(refund: Refund, *, now: datetime) -> None:
    NumberCounter.objects.filter(series=refund.payment.purpose_ref, last=PAID).update(last=REFUNDED)


def _paid_out(transfer: Transfer, *, now: datetime) -> None:
    enqueue("test.paid_out", key=transfer.number, payload={}, now=now)
    NumberCounter.objects.filter(series=transfer.purpose_ref).update(last=PAID)


def _bounced(transfer: Transfer, *, now: datetime) -> None:
    NumberCounter.objects.filter(series=transfer.purpose_ref).update(last=BOUNCED)


def _rejected(transfer: Transfer, *, now: datetime) -> None:
    NumberCounter.objects.filter(series=transfer.purpose_ref).update(last=REJECTED)


@handler("test.covered")
def _covered(payload: dict[str, object], *, key: str, now: datetime) -> None:
    """What enrollment does after payment (PDF, SMS) is not this room's matter."""


@handler("test.paid_out")
def _told(payload: dict[str, object], *, key: str, now: datetime) -> None:
    """As above."""


purposes.register(
    PURPOSE,
    ledger_account="liability.premium",
    lock=_lock,
    on_paid=_on_paid,
    on_closed=_on_closed,
    on_refunded=_on_refunded,
    describe=lambda purpose_ref: f"三门峡惠民保 2027 {purpose_ref}",
    page=lambda payment: f"/enrol/{payment.purpose_ref}/",
)
purposes.register_transfer(
    PAYOUT,
    ledger_account="liability.claims_payable",
    lock=_lock,
    on_paid=_paid_out,
    on_bounced=_bounced,
    on_rejected=_rejected,
)
