"""What pages, the admin and outer rooms read about money."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.actors import Actor
from core.errors import NotFound
from core.money import format_yuan
from look.components import KeyValue, StateKind
from payments import purposes
from payments.channels import payment_channel
from payments.channels.base import Cashier
from payments.lifecycle import OPEN_REFUND_STATES, PaymentState, RefundState
from payments.models import Payment, Refund, Transfer
from work.asked import asked
from work.leases import MAX_ATTEMPTS

FINANCE = "payments.finance"


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """What the payer reads: how it stands, what happens next. is_waiting: the page renews itself, when its
    mark is no longer the one that the reader sees."""

    title: str
    text: str
    chip: str
    chip_kind: StateKind
    facts: list[KeyValue]
    is_waiting: bool
    may_open_cashier: bool
    may_renew_cashier: bool
    cashier: Cashier | None
    next_url: str
    next_label: str

    @property
    def mark(self) -> str:
        """Changes with what is shown, so that a reader is not told the same again every three seconds."""
        shown = (self.title, self.text, self.chip, self.facts, self.may_open_cashier, self.may_renew_cashier)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def payment_for(actor: Actor, number: str) -> Payment:
    """The actor's own payment (any, for finance). Raises NotFound, the same for strangers as for no such number."""
    payment = _payment.first(number=number)
    is_own = payment is not None and payment.payer_id is not None and payment.payer_id == actor.user_id
    if payment is None or not (is_own or actor.may(FINANCE, payment)):
        raise NotFound("payment_not_found", gettext_lazy("There is no such payment here."))
    return payment


@asked
def _payment(number: Any) -> QuerySet[Payment]:
    return Payment.objects.filter(number=number)


def latest_payment(*, purpose: str, purpose_ref: str) -> Payment | None:
    """The newest payment of an obligation, whatever became of it."""
    return Payment.objects.filter(purpose=purpose, purpose_ref=purpose_ref).order_by("-pk").first()


def latest_transfer(*, purpose: str, purpose_ref: str) -> Transfer | None:
    """The newest transfer of an obligation, whatever became of it."""
    return Transfer.objects.filter(purpose=purpose, purpose_ref=purpose_ref).order_by("-pk").first()


def refunded_fen(payment: Payment) -> int:
    """What has arrived back with the payer."""
    done = payment.refunds.filter(state=RefundState.REFUNDED)
    return done.aggregate(total=Sum("amount_fen"))["total"] or 0


def payment_page(payment: Payment, *, now: datetime) -> PaymentPage:
    """The status page of one payment."""
    refunds = list(payment.refunds.order_by("pk")) if payment.is_taken else []  # before, nothing can be given back
    title, text, chip_kind = _words(payment, refunds, now=now)
    awaiting = payment.state == PaymentState.AWAITING_PAYER and now < payment.close_at
    cashier_is_good = (
        bool(payment.cashier_url) and payment.cashier_expires_at is not None and (now < payment.cashier_expires_at)
    )
    return PaymentPage(
        title=title,
        text=text,
        chip=str(PaymentState(payment.state).label),
        chip_kind=chip_kind,
        facts=_facts(payment, refunds),
        is_waiting=_is_waiting(payment, refunds),
        may_open_cashier=awaiting and cashier_is_good,
        may_renew_cashier=awaiting and not cashier_is_good and bool(payment.cashier_url),
        cashier=payment_channel(payment.channel).cashier,
        next_url=purposes.get(payment.purpose).page(payment),
        next_label=_("Continue") if payment.is_taken and payment.covered else _("Back to your order"),
    )


def _is_waiting(payment: Payment, refunds: list[Refund]) -> bool:
    return payment.state in (
        PaymentState.CREATED,
        PaymentState.SENDING,
        PaymentState.AWAITING_PAYER,
        PaymentState.UNKNOWN,
    ) or any(refund.state in OPEN_REFUND_STATES for refund in refunds)


def _words(payment: Payment, refunds: list[Refund], *, now: datetime) -> tuple[str, str, StateKind]:
    """Title, sentence and kind of the chip."""
    if payment.is_taken:
        return _words_when_taken(payment, refunds)
    channel = payment_channel(payment.channel)
    if payment.state == PaymentState.AWAITING_PAYER and channel.cashier:
        until = date_format(clock.local(payment.payable_until), "H:i")
        if not payment.cashier_url:
            return _("One moment"), str(channel.cashier.opening), "now"
        return str(channel.cashier.title), str(channel.cashier.text % {"time": until}), "now"
    if payment.state == PaymentState.UNKNOWN:
        text = _(
            "We have not had an answer about your payment yet and are asking again. Please do not pay a second time."
        )
        if payment.attempts >= MAX_ATTEMPTS:
            text = _("It takes longer than usual. A colleague is looking into it. Please do not pay a second time.")
        return _("We are checking your payment"), text, "look"
    if payment.state == PaymentState.FAILED:
        general = _("The payment service did not accept the payment. Nothing was taken.")
        return _("Not paid"), str(channel.refusals.get(payment.outcome_code.lower(), general)), "stop"
    if payment.state == PaymentState.CLOSED:
        return _("Closed without payment"), _("This payment was closed before anything was paid."), "plain"
    return _("One moment"), _("We are asking the payment service. Please do not pay a second time."), "now"


def _words_when_taken(payment: Payment, refunds: list[Refund]) -> tuple[str, str, StateKind]:
    if payment.state == PaymentState.REFUNDED:
        return _("Refunded"), _("The whole amount has gone back the way it came."), "done"
    if not payment.covered:
        text = _("Your money arrived when the order could no longer be insured. All of it is going back to you.")
        return _("Your money is on its way back"), text, "look"
    if any(refund.state in OPEN_REFUND_STATES for refund in refunds):
        return _("Refund on its way"), _("The refund goes back the way you paid."), "now"
    if payment.state == PaymentState.PART_REFUNDED:
        return _("Partly refunded"), _("Part of the amount has gone back the way it came."), "done"
    return _("Paid"), _("Your payment has arrived."), "done"


def _facts(payment: Payment, refunds: list[Refund]) -> list[KeyValue]:
    facts = [
        KeyValue(_("What it is for"), payment.subject),
        KeyValue(_("Amount"), _("%(amount)s yuan") % {"amount": format_yuan(payment.amount_fen)}, kind="strong"),
        KeyValue(_("Paid with"), str(payment.get_channel_display())),
        KeyValue(_("Payment number"), payment.number),
    ]
    if payment.paid_at:
        facts.append(KeyValue(_("Paid on"), date_format(clock.local(payment.paid_at), "DATETIME_FORMAT")))
    for refund in refunds:
        label = _("Refunded") if refund.state == RefundState.REFUNDED else _("To be refunded")
        facts.append(KeyValue(label, _("%(amount)s yuan") % {"amount": format_yuan(refund.amount_fen)}))
    return facts
