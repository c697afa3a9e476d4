"""The one place where an order's row is locked (house order: person → order → payment)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from core.actors import Actor
from enrollment.errors import OrderNotFound
from enrollment.models import Order, OrderLine, SalesStep
from enrollment.selectors import with_lines
from work.asked import asked


def lock_own_order(order: Order, actor: Actor) -> Order:
    """The order as it stands now with its lines, locked until the transaction ends; one query. Raises order_not_found
    but for its payer."""
    return lock_with_steps(order, actor)[0]


def lock_with_steps(order: Order, actor: Actor) -> tuple[Order, frozenset[str]]:
    """The same, and the kinds of the sales steps taken for it. Raises order_not_found but for its payer."""
    if actor.user_id is None or order.payer.user_id != actor.user_id:
        raise OrderNotFound()
    lines = _locked_lines(order=order.pk)
    locked = with_lines(lines)
    if locked is None:
        raise OrderNotFound()
    return locked, frozenset(lines[0].steps_taken)  # type: ignore[attr-defined]  # annotated there


def lock_by_number(number: str) -> None:
    """Until the transaction ends. Raises Order.DoesNotExist."""
    if not _locked_keys(number=number):
        raise Order.DoesNotExist


@asked
def _locked_keys(number: Any) -> QuerySet[Order, int]:
    return Order.objects.select_for_update(of=("self",)).filter(number=number).values_list("pk", flat=True)


@asked
def _locked_lines(order: Any) -> QuerySet[OrderLine]:
    lines = OrderLine.objects.select_for_update(of=("order",)).filter(order=order).order_by("pk")
    shown = lines.select_related("insured", "order__policyholder__person", "order__plan_year__scheme")
    steps = ArraySubquery(SalesStep.objects.filter(order=OuterRef("order")).order_by().values("kind"))
    return shown.annotate(steps_taken=steps).defer("order__plan_year__benefits_text")
