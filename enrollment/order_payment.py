"""What this room asks of payments for an order. The way back is `enrollment.purposes`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from enrollment.models import Order
from payments.actions import close_payment, request_refund, start_payment
from payments.lifecycle import OPEN_PAYMENT_STATES
from payments.models import Channel, Payment
from people.lifecycle import KinshipState
from people.relations import is_close

PURPOSE = "enrollment.order"


def refuse_wrong_channel(order: Order, channel: str) -> None:
    """Raises channel_unknown, or personal_account_not_allowed when the law lets only WeChat pay (Sanmenxia 五(一))."""
    if channel not in Channel.values:
        raise DomainError("channel_unknown", _("Please choose how you want to pay."), field="channel")
    if channel == Channel.PERSONAL_ACCOUNT and not order.may_use_personal_account:
        raise DomainError("personal_account_not_allowed", why_no_personal_account(order), field="channel", status=409)


def why_no_personal_account(order: Order) -> str:
    """The sentence beside the way to pay that is not offered; "" when it is."""
    if not order.payer.has_personal_account:
        return str(_("Only employees' insurance has a personal account that can pay. Please use WeChat Pay."))
    if any(is_close(line.relation) for line in order.lines.all() if line.insured in order.people_without_proof()):
        return str(
            _(
                "Your personal account may pay for a relative only once it is confirmed that you are relatives. "
                "Until then please use WeChat Pay."
            )
        )
    if not order.may_use_personal_account:
        return str(
            _("A personal account may pay for yourself and close relatives only. Please use WeChat Pay for this order.")
        )
    return ""


def start(order: Order, *, channel: str, client_ip: str = "", actor: Actor, now: datetime) -> Payment:
    """Begin a payment for the whole order, in the caller's transaction.

    client_ip: where the payer's request came from. WeChat opens its cashier only for the address named in the order.
    """
    payment = start_payment(
        purpose=PURPOSE,
        purpose_ref=order.number,
        plan_year=order.plan_year.code,
        amount_fen=order.total_fen,
        channel=channel,
        payer_id=order.user_id,
        details=_details(order) if channel == Channel.PERSONAL_ACCOUNT else {"client_ip": client_ip},
        actor=actor,
        now=now,
        payable_until=order.expires_at,
    )
    Order.objects.filter(pk=order.pk).update(channel=channel, payment_number=payment.number)
    order.channel, order.payment_number = channel, payment.number
    return payment


def _details(order: Order) -> dict[str, Any]:
    """What the personal account channel needs: whose account, for whom, on which authority, how much for each."""
    proved = order.payer.relatives.filter(state=KinshipState.PROVED)
    numbers = dict(proved.values_list("relative", "authorisation_no"))
    return {
        "payer_psn_no": order.payer.psn_no,
        "area": order.payer.insurance_area,
        "insured": [
            {
                "psn_no": line.insured.psn_no,
                "relation": line.relation,
                "authorisation_no": numbers.get(line.insured_id, ""),
                "amount_fen": line.premium_fen,
            }
            for line in order.lines.select_related("insured")
        ],
    }


def open_payment(order: Order) -> Payment | None:
    """The payment under way, if any: while it is, the order can be neither cancelled nor expired nor paid again."""
    return Payment.objects.filter(purpose=PURPOSE, purpose_ref=order.number, state__in=OPEN_PAYMENT_STATES).first()


def orders_being_paid() -> QuerySet[Payment, str]:
    """Numbers of the orders with a payment under way, for a subquery."""
    return Payment.objects.filter(purpose=PURPOSE, state__in=OPEN_PAYMENT_STATES).values_list("purpose_ref", flat=True)


def refund(order: Order, *, amount_fen: int, reason: str, actor: Actor, now: datetime) -> None:
    """Send part of the order's money back the way it came."""
    payment = Payment.objects.get(number=order.payment_number)
    request_refund(payment=payment, amount_fen=amount_fen, reason=reason, actor=actor, now=now)


def close(order: Order, *, actor: Actor, now: datetime) -> bool:
    """Ask that the payment under way be ended unpaid. True when none is left; False while the channel is asked."""
    payment = open_payment(order)
    if payment is None:
        return True
    close_payment(payment=payment, actor=actor, now=now)
    return open_payment(order) is None
