"""Read-only lists with search by number. Personal data (payer details, payee, message bodies) is not shown at all."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.access import actor_of
from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.errors import Conflict
from core.long_lists import ValuesInUse
from core.money import format_yuan
from payments.actions import ask_again
from payments.actions.ask_again import PERMISSION
from payments.models import (
    MoneyAccount,
    Notification,
    NotificationEvent,
    Payment,
    PaymentEvent,
    Refund,
    RefundEvent,
    Transfer,
    TransferEvent,
)
from payments.shown import money_version


class _Events(ReadOnlyInline):
    """What happened to the row, by whom, when."""

    fields = ["at", "name", "old_state", "new_state", "reason", "actor_label"]
    readonly_fields = fields
    verbose_name_plural = _("What happened")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return actor_of(request).may(PERMISSION, obj)


class PaymentEvents(_Events):
    model = PaymentEvent


class RefundEvents(_Events):
    model = RefundEvent


class TransferEvents(_Events):
    model = TransferEvent


class NotificationEvents(_Events):
    model = NotificationEvent


class _MoneyAdmin(ReadOnlyAdmin):
    actions = ["ask_the_channel_again"]
    _work_fields = ["attempts", "next_attempt_at", "lease_until", "last_error"]

    @admin.display(description=_("Amount (yuan)"))
    def amount(self, row: Any) -> str:
        return format_yuan(row.amount_fen)

    def row_version(self, row: Any) -> str:
        return money_version(row)

    def has_ask_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may(PERMISSION)

    @admin.action(description=_("Ask the channel again now"), permissions=["ask"])
    def ask_the_channel_again(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        now, actor = clock.now(), actor_of(request)
        try:
            with transaction.atomic():
                asked = sum(ask_again(row=row, seen=self.seen_row(request, row), actor=actor, now=now) for row in rows)
        except Conflict as error:
            return self.shown_anew(request, error)
        self.message_user(request, gettext("%(count)s rows will be asked about now.") % {"count": asked}, messages.INFO)
        return None


@admin.register(Payment)
class PaymentAdmin(_MoneyAdmin):
    list_display = [
        "number",
        "state",
        "amount",
        "channel",
        "purpose",
        "purpose_ref",
        "created_at",
        "paid_at",
        "last_error",
    ]
    list_filter = ["state", "account", ("plan_year", ValuesInUse)]
    search_fields = ["number", "purpose_ref", "channel_transaction_no"]
    inlines = [PaymentEvents]
    fields = [
        "number", "state", "amount", "channel", "account", "purpose", "purpose_ref", "plan_year", "subject",
        "covered",
        "channel_transaction_no", "channel_paid_at", "created_at", "payable_until", "close_at", "sent_at", "paid_at",
        "outcome_code", "request_sha256", *_MoneyAdmin._work_fields,
    ]  # fmt: skip


@admin.register(Refund)
class RefundAdmin(_MoneyAdmin):
    list_display = ["number", "state", "amount", "payment", "reason", "created_at", "refunded_at", "last_error"]
    list_filter = ["state", ("reason", ValuesInUse)]
    list_select_related = ["payment"]
    search_fields = ["number", "payment__number", "channel_refund_no"]
    inlines = [RefundEvents]
    fields = [
        "number", "state", "amount", "payment", "reason", "channel_refund_no", "created_at", "sent_at", "refunded_at",
        "outcome_code", "request_sha256", *_MoneyAdmin._work_fields,
    ]  # fmt: skip


@admin.register(Transfer)
class TransferAdmin(_MoneyAdmin):
    list_display = [
        "number", "state", "amount", "channel", "account", "purpose", "purpose_ref", "created_at", "paid_at",
        "last_error",
    ]  # fmt: skip
    list_filter = ["state", "account", ("plan_year", ValuesInUse)]
    search_fields = ["number", "purpose_ref", "bank_serial"]
    inlines = [TransferEvents]
    fields = [
        "number", "state", "amount", "channel", "account", "purpose", "purpose_ref", "plan_year", "bank_code",
        "narrative", "bank_serial", "created_at", "sent_at", "paid_at", "bounced_at", "outcome_code", "request_sha256",
        *_MoneyAdmin._work_fields,
    ]  # fmt: skip


@admin.register(MoneyAccount)
class MoneyAccountAdmin(ReadOnlyAdmin):
    """Opened and closed on the machine (manage.py money_account), where their credentials are."""

    list_display = ["code", "name", "scheme", "channel", "direction", "valid_from", "valid_to"]
    list_filter = ["channel", "direction", "scheme"]
    is_short = True
    list_select_related = ["scheme"]
    search_fields = ["code", "name"]
    ordering = ["scheme", "channel", "valid_from"]
    fields = [*list_display, "reference"]


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["notification_id", "channel", "event_type", "state", "refusal_code", "payment", "received_at"]
    list_filter = ["state"]
    list_select_related = ["payment"]
    search_fields = ["notification_id", "payment__number", "refund__number"]
    inlines = [NotificationEvents]
    fields = [
        "notification_id", "channel", "account", "event_type", "state", "refusal_code", "payment", "refund",
        "signed_at", "received_at", "attempts", "next_attempt_at", "last_error",
    ]  # fmt: skip
