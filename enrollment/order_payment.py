"""What this room asks of payments for an order. The way back is `enrollment.purposes`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core import clock
from core.actors import Actor
from core.errors import DomainError
from enrollment.lifecycle import OrderState
from enrollment.models import Order, OrderLine
from payments.actions import close_payment, request_refund, start_payment
from payments.channels.base import Purchase, Share
from payments.channels.protocol import PaymentChannel
from payments.lifecycle import OPEN_PAYMENT_STATES
from payments.models import Payment
from payments.money_accounts import offered
from people.actions import authorise_relatives
from people.lifecycle import KinshipState
from people.models import Kinship
from people.relations import CLOSE_RELATIONS, is_close
from work.asked import asked

PURPOSE = "enrollment.order"


@dataclass(frozen=True, slots=True)
class WayToPay:
    """A channel as the page offers it. why_not: the sentence beside one that this order may not use; "" when it may."""

    channel: PaymentChannel
    hint: str
    why_not: str


def ways_to_pay(order: Order) -> list[WayToPay]:
    """Every channel that is on and of which the scheme has an account, as it stands to this order. One query."""
    wanted = purchase(order)
    found = []
    for channel in offered(order.plan_year.scheme_id, on=clock.today()):
        refusal = channel.why_not(wanted)
        found.append(WayToPay(channel, str(channel.hint(wanted)), str(refusal.words) if refusal else ""))
    return found


def refuse_wrong_channel(order: Order, wanted: Purchase, channel: str) -> PaymentChannel:
    """The channel. Raises channel_unknown, or the channel's own refusal of this order."""
    may_pay_by = offered(order.plan_year.scheme_id, on=clock.today())
    found = next((one for one in may_pay_by if one.code == channel), None)
    if found is None:
        raise DomainError("channel_unknown", _("Please choose how you want to pay."), field="channel")
    if refusal := found.why_not(wanted):
        raise DomainError(refusal.code, refusal.words, field="channel", status=409)
    return found


def ask_first(order: Order, *, channel: str, actor: Actor) -> None:
    """What the channel wants before it may charge, asked outside any transaction. Raises as refuse_wrong_channel and
    authorise_relatives."""
    kin = _close_kin(payer=order.payer.pk)
    if refuse_wrong_channel(order, purchase(order, kin=kin), channel).wants_authority:
        on_it = {line.insured_id for line in order.lines.all()}
        authorise_relatives(
            payer=order.payer,
            kinships=[kinship for kinship in kin if kinship.relative_id in on_it],
            scheme=order.plan_year.scheme,
            actor=actor,
        )


@asked
def _close_kin(payer: Any) -> QuerySet[Kinship]:
    close_ones = Kinship.objects.filter(payer=payer, state=KinshipState.PROVED, relation__in=CLOSE_RELATIONS)
    return close_ones.select_related("relative").order_by("pk")


def purchase(order: Order, *, kin: Sequence[Kinship] | None = None, client_ip: str = "") -> Purchase:
    """The order as channels see it: whose money, for whom, how much for each. kin: the payer's proved close relatives
    where they are known already. One query at most."""
    payer = order.payer
    known = _close_kin(payer=payer.pk) if kin is None else kin
    proved = {kinship.relative_id: kinship.authorisation_no for kinship in known}

    def share(line: OrderLine) -> Share:
        is_payer = line.insured_id == payer.pk
        is_close_one = is_payer or is_close(line.relation)
        return Share(
            psn_no=line.insured.psn_no,
            relation=line.relation,
            amount_fen=line.premium_fen,
            is_close=is_close_one,
            is_proved=is_payer or (is_close_one and line.insured_id in proved),
            authorisation_no=proved.get(line.insured_id, ""),
        )

    return Purchase(
        purpose=PURPOSE,
        payer_name=payer.name,
        payer_psn_no=payer.psn_no,
        payer_area=payer.insurance_area,
        has_personal_account=payer.has_personal_account,
        shares=tuple(share(line) for line in order.lines.all()),
        client_ip=client_ip,
    )


def begin(
    order: Order, *, channel: PaymentChannel, wanted: Purchase, payable_until: datetime, actor: Actor, now: datetime
) -> Payment:
    """Begin a payment for the whole order, under its lock. The caller writes its number on the order."""
    return start_payment(
        purpose=PURPOSE,
        purpose_ref=order.number,
        plan_year=order.plan_year.code,
        scheme=order.plan_year.scheme_id,
        amount_fen=sum(share.amount_fen for share in wanted.shares),
        channel=channel.code,
        payer_id=order.placed_by_id,
        subject=describe(order),
        details=channel.details(wanted),
        actor=actor,
        now=now,
        payable_until=payable_until,
        is_locked=True,
        is_first=order.state == OrderState.DRAFT,
    )


def describe(order: Order) -> str:
    """For the payer's bank statement: product and order, nobody's name."""
    words = _("%(product)s %(year)s, order %(number)s")
    year = order.plan_year
    return str(words % {"product": year.name_zh, "year": year.cover_from.year, "number": order.number})


def order_of_payment(number: str) -> str:
    """The number of the order that a payment is for; "" where there is none."""
    paid = Payment.objects.filter(number=number, purpose=PURPOSE).values_list("purpose_ref", flat=True).first()
    return paid or ""


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
