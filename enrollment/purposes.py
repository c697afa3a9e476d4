"""What happens to money taken for an order: registered with payments, called back inside its transactions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from payments import purposes

if TYPE_CHECKING:
    from payments.models import Payment, Refund


def register() -> None:
    from enrollment.actions.issue_policies import issue_policies
    from enrollment.order_payment import PURPOSE

    purposes.register(
        PURPOSE,
        ledger_account="liability.premium",
        lock=_lock,
        on_paid=issue_policies,
        on_refunded=_on_refunded,
        describe=_describe,
        page=_page,
    )


def _lock(purpose_ref: str) -> None:
    """person → order → payment: the order's row is taken before the payment's."""
    from enrollment.locks import lock_by_number

    lock_by_number(purpose_ref)


def _on_refunded(refund: Refund, *, now: datetime) -> None:
    from enrollment.actions.finish_refund import finish_refund

    finish_refund(refund, now=now)


def _describe(purpose_ref: str) -> str:
    from enrollment import order_payment
    from enrollment.models import Order

    return order_payment.describe(Order.objects.select_related("plan_year").get(number=purpose_ref))


def _page(payment: Payment) -> str:
    return reverse("enrollment:done", args=[payment.purpose_ref])
