"""One order for oneself and relatives: a cart until it is placed, then a reservation until it is paid (E4)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.lifecycle import ORDER_LIFECYCLE, OrderState
from enrollment.models.policyholder import Policyholder
from people.models.person import Person
from people.relations import Relation
from products.models.plan_year import PlanYear
from work.audit import tracked
from work.models import LifecycleEvent
from work.row_ids import RowId


@tracked
class Order(models.Model):
    """total_fen is fixed when the order is placed; expires_at is when an unpaid reservation is given back."""

    partition_key: ClassVar = "plan_year"

    id = RowId()
    number = models.CharField(_("order number"), max_length=30)
    plan_year = models.ForeignKey(
        PlanYear, models.PROTECT, related_name="orders", db_index=False, verbose_name=_("plan year")
    )
    policyholder = models.ForeignKey(
        Policyholder, models.PROTECT, related_name="orders", verbose_name=_("policyholder")
    )
    # Whose hands made it: a resident's account, a clerk's, staff's at the counter; nobody's when it was taken over.
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("made by"),
    )
    state = models.CharField(_("state"), max_length=20, choices=OrderState.choices, default=OrderState.DRAFT)
    total_fen = models.BigIntegerField(_("total (fen)"), default=0)
    channel = models.CharField(_("paid through"), max_length=30, blank=True)
    payment_number = models.CharField(_("payment number"), max_length=30, blank=True)
    created_at = models.DateTimeField(_("created"))
    placed_at = models.DateTimeField(_("placed"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

    lifecycle = ORDER_LIFECYCLE
    scope_columns = {
        "scheme": "plan_year__scheme",
        "area": "policyholder__person__insurance_area",
        "organisation": "policyholder__organisation",
    }

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-created_at"]
        constraints = [
            # With the plan year, by which the table is to be divided (decision 19); the sequence gives a number once.
            models.UniqueConstraint(name="order_number_once", fields=["number", "plan_year"]),
            # One cart per policyholder: choosing people again changes it instead of making a second.
            models.UniqueConstraint(
                name="one_draft_order", fields=["policyholder", "plan_year"], condition=Q(state=OrderState.DRAFT)
            ),
        ]
        indexes = [
            # Partial: only the sweeper of unpaid orders reads these.
            models.Index(
                name="open_orders_by_expiry",
                fields=["expires_at"],
                condition=Q(state__in=[OrderState.DRAFT, OrderState.PLACED]),
            ),
            # The operator's list, newest first. Partial: nearly every order is paid.
            models.Index(name="orders_of_a_year", fields=["plan_year", "id"]),
            models.Index(name="orders_not_paid", fields=["state", "id"], condition=~Q(state=OrderState.PAID)),
        ]
        triggers = ORDER_LIFECYCLE.triggers()

    def __str__(self) -> str:
        return self.number

    @property
    def payer(self) -> Person:
        """The person who concludes and pays: of an order whose policyholder is a person."""
        person = self.policyholder.person
        assert person is not None, "an organisation's order is paid otherwise"
        return person


class OrderEvent(LifecycleEvent):
    subject = models.ForeignKey(Order, models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("order event")
        verbose_name_plural = _("order events")


class OrderLine(models.Model):
    """One person on an order. premium_fen is read from the plan year, never from a form."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)
    insured = models.ForeignKey(Person, models.PROTECT, related_name="order_lines", verbose_name=_("insured"))
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices)
    premium_fen = models.BigIntegerField(_("premium (fen)"))

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(name="one_line_per_person", fields=["order", "insured"])]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.insured_id}"
