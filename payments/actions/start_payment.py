"""Begin to take money: write the intent. A worker sends it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.actors import Actor
from core.errors import Conflict, DomainError
from payments import conf, purposes
from payments.actions._hints import wake_after_commit
from payments.channels import is_off, payment_channel
from payments.lifecycle import OPEN_PAYMENT_STATES
from payments.models import Payment, PaymentEvent
from payments.money_accounts import account_for
from payments.steps import reach
from work.numbers import next_number
from work.writes import insert_together


def start_payment(
    *,
    purpose: str,
    purpose_ref: str,
    plan_year: str,
    amount_fen: int,
    channel: str,
    payer_id: int | None,
    details: Mapping[str, Any],
    scheme: str,
    actor: Actor,
    now: datetime,
    payable_until: datetime | None = None,
    subject: str = "",
    is_locked: bool = False,
    is_first: bool = False,
) -> Payment:
    """Write a payment of amount_fen for (purpose, purpose_ref), joining the caller's transaction if there is one.

    details: PaymentChannel.details. scheme: the code of whose account it goes to. payable_until: until when the payer
    may pay (default 30 minutes). subject: for the payer's statement; without it the purpose is asked. is_locked: the
    caller holds the purpose's lock; is_first: and knows by it that nothing was ever asked for.
    The same obligation asked for again, by the same channel and amount, returns the payment that is already open.
    Raises Conflict("payment_in_progress") when another one is open, Conflict("already_paid" | "no_money_account"),
    DomainError("amount_not_positive"), LookupError for an unregistered purpose, or a channel that is unknown or off.
    """
    kind = purposes.get(purpose)
    if amount_fen <= 0:
        raise DomainError("amount_not_positive", _("There is nothing to pay."))
    way = payment_channel(channel)
    if is_off(way):
        raise LookupError(f"nothing new is paid by {channel}")
    payable_until = payable_until or now + conf.PAYER_TIME_LIMIT
    with transaction.atomic():
        if not is_locked:
            kind.lock(purpose_ref)
        standing = None if is_first else _standing(purpose, purpose_ref)
        if standing is not None:
            return _same_or_conflict(standing, channel=channel, amount_fen=amount_fen, details=details)
        payment = Payment(
            number=next_number("PY", clock.civil_date(now).year),
            purpose=purpose,
            purpose_ref=purpose_ref,
            plan_year=plan_year,
            channel=channel,
            account=account_for(way, scheme=scheme, now=now),
            amount_fen=amount_fen,
            payer_id=payer_id,
            subject=(subject or kind.describe(purpose_ref))[:120],
            details=cast(Any, dict(details)),  # the stubs take every encrypted column for text
            created_at=now,
            payable_until=payable_until,
            close_at=payable_until,
            next_attempt_at=now,
        )
        begun = PaymentEvent(
            subject=payment, new_state=payment.state, name="payment.created", actor_id=actor.user_id,
            actor_label=actor.label, at=now,
        )  # fmt: skip
        insert_together(payment, begun)
        wake_after_commit(step="payment.created_committed")
        reach("payment.created_uncommitted")
    return payment


def _standing(purpose: str, purpose_ref: str) -> Payment | None:
    """The payment that is open for this obligation, or has covered it."""
    standing = Payment.objects.filter(
        Q(covered=True) | Q(state__in=OPEN_PAYMENT_STATES), purpose=purpose, purpose_ref=purpose_ref
    )
    return min(standing, key=lambda payment: not payment.covered, default=None)


def _same_or_conflict(standing: Payment, *, channel: str, amount_fen: int, details: Mapping[str, Any]) -> Payment:
    if standing.covered:
        raise Conflict("already_paid", _("This has already been paid. Nothing was taken again."))
    is_same = (standing.channel, standing.amount_fen, standing.details) == (channel, amount_fen, dict(details))
    if is_same:
        return standing
    raise Conflict(
        "payment_in_progress",
        _("A payment for this is already under way (%(number)s). Finish it, or wait until it is closed."),
        number=standing.number,
    )
