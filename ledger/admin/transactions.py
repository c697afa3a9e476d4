from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.access import actor_of
from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.money import format_yuan
from ledger.models import Entry, Transaction
from ledger.selectors import READ, Where, within_reach


def _readable(request: HttpRequest) -> QuerySet[Entry]:
    readable: QuerySet[Entry] = within_reach(actor_of(request), Where())(Entry.objects.all())
    return readable


class EntryInline(ReadOnlyInline):
    """Of a transaction of several schemes, the entries that the reader's grant reaches."""

    model = Entry
    fields = (
        "account", "debit", "credit", "scheme", "plan_year", "insurer", "area", "money_account",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return _readable(request).select_related("account", "scheme", "insurer").order_by("pk")

    @admin.display(description=_("Debit (yuan)"))
    def debit(self, entry: Entry) -> str:
        return format_yuan(entry.amount_fen) if entry.amount_fen > 0 else ""

    @admin.display(description=_("Credit (yuan)"))
    def credit(self, entry: Entry) -> str:
        return format_yuan(-entry.amount_fen) if entry.amount_fen < 0 else ""


@admin.register(Transaction)
class TransactionAdmin(ReadOnlyAdmin):
    list_display = ("booking_date", "occurred_at", "kind_words", "reference", "amount", "narrative")
    list_filter = ("booking_date",)
    search_fields = ("reference",)
    inlines = (EntryInline,)
    exclude = ("lines_sha256",)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return actor_of(request).may(READ)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transaction]:
        """Those with an entry that the reader's grant reaches."""
        readable = _readable(request).filter(transaction=OuterRef("pk"))
        return Transaction.objects.filter(Exists(readable)).prefetch_related("entries")

    @admin.display(description=pgettext_lazy("ledger transaction", "kind"))
    def kind_words(self, row: Transaction) -> str:
        return row.kind_name

    @admin.display(description=_("Amount (yuan)"))
    def amount(self, row: Any) -> str:
        return format_yuan(sum(entry.amount_fen for entry in row.entries.all() if entry.amount_fen > 0))
