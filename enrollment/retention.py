"""What of this room the law makes us keep (Insurance Law 87, PIPL 47): the records of every contract, for 5 years after
the cover ended, or 10 when the cover is longer than a year; and an order while money for it may still arrive."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import retention
from accounts.retention import Hold
from core.actors import Actor
from enrollment import order_payment
from enrollment.lifecycle import OWNED_POLICY_STATES, OrderState
from enrollment.models import Order, Policy
from work.lifecycle import transition

KEPT_YEARS = 5  # Insurance Law 87, of a cover of up to a year


def register() -> None:
    retention.register("enrollment", holds, let_go=let_go)


def holds(user_id: int) -> list[Hold]:
    """At most one hold for orders and one for contracts, the latter until the last of them may go."""
    found = []
    mine = Order.objects.filter(policyholder__person__user_id=user_id)
    if mine.filter(Q(state=OrderState.PLACED) | Q(number__in=order_payment.orders_being_paid())).exists():
        found.append(Hold(_("An order of yours still waits for its payment."), until=None))
    contracts = Policy.objects.filter(
        Q(policyholder__person__user_id=user_id) | Q(insured__user_id=user_id), state__in=OWNED_POLICY_STATES
    )
    ends = [kept_until(*cover) for cover in contracts.values_list("cover_from", "cover_to").distinct()]
    if ends:
        found.append(Hold(_("The law asks us to keep the records of insurance contracts."), until=max(ends)))
    return found


def let_go(user_id: int, *, actor: Actor, now: datetime) -> None:
    """A cart goes."""
    mine = Order.objects.select_for_update(of=("self",)).filter(policyholder__person__user_id=user_id)
    for cart in mine.filter(state=OrderState.DRAFT):
        transition(cart, OrderState.CANCELLED, actor=actor, now=now, reason="account deleted")


def kept_until(cover_from: date, cover_to: date) -> date:
    """The first day on which the records of this half-open cover may go."""
    return _years_after(cover_to, KEPT_YEARS if cover_to <= _years_after(cover_from, 1) else 10)


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February: the day after the last of the month, so that nothing goes a day early
        return date(day.year + years, 3, 1)
