"""What the books say."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum

from ledger.models import Entry, Transaction


def balance_fen(account: str, *, as_of: datetime | None = None) -> int:
    """Debits minus credits of one account, of all time or of what had occurred before `as_of` (exclusive)."""
    entries = Entry.objects.filter(account__code=account)
    if as_of is not None:
        entries = entries.filter(transaction__occurred_at__lt=as_of)
    return entries.aggregate(total=Sum("amount_fen"))["total"] or 0


def total_fen() -> int:
    """Of all entries: 0, always."""
    return Entry.objects.aggregate(total=Sum("amount_fen"))["total"] or 0


def unbalanced_transactions() -> list[int]:
    """Ids of transactions that do not sum to 0: an empty list, always; the daily check reads it."""
    sums = Transaction.objects.annotate(total=Sum("entries__amount_fen")).exclude(total=0)
    return list(sums.values_list("pk", flat=True))
