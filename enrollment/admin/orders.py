from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.money import format_yuan
from enrollment.models import Order, OrderEvent, OrderLine, SalesStep
from enrollment.order_payment import order_of_payment


class OrderLineInline(ReadOnlyInline):
    model = OrderLine
    fields = ["insured", "relation", "premium"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("insured")  # type: ignore[no-any-return]  # unfold: no types

    @admin.display(description=_("premium (yuan)"))
    def premium(self, line: OrderLine) -> str:
        return format_yuan(line.premium_fen)


class SalesStepInline(ReadOnlyInline):
    model = SalesStep
    fields = ["at", "kind", "page", "documents", "consents", "actor_label"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[SalesStep]:
        return super().get_queryset(request).select_related("page")  # type: ignore[no-any-return]  # unfold: no types


class OrderEventInline(ReadOnlyInline):
    model = OrderEvent
    fields = ["at", "name", "old_state", "new_state", "actor_label", "reason"]
    readonly_fields = fields


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    """People are shown masked; a full identity is revealed, with a reason, where accounts records it."""

    list_display = ["number", "plan_year", "policyholder", "state", "total", "channel", "payment_number", "created_at"]
    list_filter = ["state", "plan_year"]
    list_select_related = ["plan_year", "policyholder__person", "policyholder__organisation"]
    search_fields = ["number"]
    search_help_text = _("Order or payment number")
    fields = [
        "number", "plan_year", "policyholder", "placed_by", "state", "total", "channel", "payment_number", "created_at",
        "placed_at",
        "expires_at", "paid_at",
    ]  # fmt: skip
    inlines = [OrderLineInline, SalesStepInline, OrderEventInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        """By a payment's number too, which payments knows."""
        paid_for = order_of_payment(search_term.strip().upper())
        return super().get_search_results(request, queryset, paid_for or search_term)

    @admin.display(description=_("total (yuan)"), ordering="total_fen")
    def total(self, order: Order) -> str:
        return format_yuan(order.total_fen)
