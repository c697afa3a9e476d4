"""Versions of what this room's pages show beside a button that decides about money (core.seen)."""

from __future__ import annotations

from core import seen
from payments.models import Payment, Refund, Transfer


def money_version(row: Payment | Refund | Transfer) -> str:
    """Of a line of finance's lists. Attempts are left out: the machine makes them while the page is read."""
    return seen.version(
        "payments.money",
        kind=row._meta.model_name,
        number=row.number,
        state=row.state,
        amount_fen=row.amount_fen,
        outcome=row.outcome_code,
    )


def payment_version(payment: Payment) -> str:
    """Of a payment as its payer sees it."""
    return seen.version(
        "payments.own",
        number=payment.number,
        state=payment.state,
        amount_fen=payment.amount_fen,
        cashier=payment.cashier_url,
    )
