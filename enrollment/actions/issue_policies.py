from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.money import format_yuan
from enrollment.lifecycle import OrderState, PolicyState
from enrollment.messages import POLICIES_ISSUED
from enrollment.models import Order, Policy
from messaging.actions import send_sms
from payments.purposes import NoCover
from products.selectors import plan_year_of
from work.asked import asked
from work.lifecycle import transition, transition_matching

if TYPE_CHECKING:
    from payments.models import Payment


def issue_policies(payment: Payment, *, now: datetime) -> None:
    """The money for an order is here: order PLACED → PAID, its policies RESERVED → ISSUED.

    Runs inside confirm_payment's transaction, under the order's lock. Raises NoCover("order_not_waiting") when the
    money comes for an order that expired, was cancelled or is already paid: payments then refunds it in full.
    """
    actor = Actor.system("payments")
    order = _paid_for.first(number=payment.purpose_ref)
    if order is None:
        raise Order.DoesNotExist
    if order.state != OrderState.PLACED or payment.amount_fen != order.total_fen:
        raise NoCover("order_not_waiting", _("This order no longer waits for money. What you paid goes back in full."))
    transition(
        order,
        OrderState.PAID,
        actor=actor,
        now=now,
        paid_at=now,
        channel=payment.channel,
        payment_number=payment.number,
    )
    # None of them moves without the order's lock.
    reserved = Policy.objects.filter(order_line__in=order.lines.order_by().values("pk"))
    issued = transition_matching(
        reserved, PolicyState.RESERVED, PolicyState.ISSUED, actor=actor, now=now, issued_at=now
    )
    _tell_payer(order, issued, now)


@asked
def _paid_for(number: Any) -> QuerySet[Order]:
    return Order.objects.select_for_update(of=("self",)).select_related("placed_by").filter(number=number)


def _tell_payer(order: Order, count: int, now: datetime) -> None:
    account = order.placed_by
    if (
        account is None or not account.phone
    ):  # the account was deleted meanwhile: no message is a reason to hold money back
        return
    plan_year = plan_year_of(order.plan_year_id)
    send_sms(
        phone=account.phone,
        template=POLICIES_ISSUED,
        params={"amount": format_yuan(order.total_fen), "count": count, "year": plan_year.cover_from.year},
        key=f"policies-issued:{order.number}",
        scheme=plan_year.scheme,
        now=now,
    )
