"""The one verb of the ledger: post."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict
from ledger.chart import nature_of
from ledger.models import Account, Entry, Transaction


@dataclass(frozen=True, slots=True)
class Line:
    """amount_fen > 0 debits the account, < 0 credits it."""

    account: str
    amount_fen: int


def post(
    *,
    kind: str,
    reference: str,
    lines: Sequence[Line],
    now: datetime,
    narrative: str = "",
    plan_year: str = "",
    reverses: Transaction | None = None,
) -> Transaction:
    """Post one balanced transaction in the caller's database transaction.

    The same (kind, reference) with the same lines returns the first posting; with other lines raises
    Conflict("posted_differently"). Raises ValueError for fewer than two lines, a zero line or a sum other than 0,
    UnknownAccount for a code outside the chart. The database checks the sum again at commit.
    """
    if len(lines) < 2 or any(line.amount_fen == 0 for line in lines) or sum(line.amount_fen for line in lines) != 0:
        raise ValueError(f"{kind} {reference}: lines must be at least two, not zero, and sum to 0 fen")
    digest = _digest(lines)
    try:
        with transaction.atomic():
            posted = Transaction.objects.create(
                kind=kind,
                reference=reference,
                narrative=narrative,
                plan_year=plan_year,
                occurred_at=now,
                reverses=reverses,
                lines_sha256=digest,
            )
            Entry.objects.bulk_create(
                [
                    Entry(
                        transaction=posted,
                        account=_account(line.account),
                        amount_fen=line.amount_fen,
                    )
                    for line in lines
                ]
            )
    except IntegrityError:
        first = Transaction.objects.filter(kind=kind, reference=reference).first()
        if first is None:
            raise
        if first.lines_sha256 != digest:
            raise Conflict(
                "posted_differently",
                _("%(kind)s %(reference)s is already in the books with other amounts."),
                kind=kind,
                reference=reference,
            ) from None
        return first
    return posted


def reverse(*, original: Transaction, kind: str, reference: str, now: datetime, reason: str) -> Transaction:
    """Post the mirror of a transaction, once. The reason is kept as narrative; nothing is ever changed or deleted."""
    lines = [Line(e.account.code, -e.amount_fen) for e in original.entries.select_related("account").order_by("id")]
    return post(
        kind=kind,
        reference=reference,
        lines=lines,
        now=now,
        narrative=reason,
        plan_year=original.plan_year,
        reverses=original,
    )


def _account(code: str) -> Account:
    account, _created = Account.objects.get_or_create(code=code, defaults={"nature": nature_of(code)})
    return account


def _digest(lines: Sequence[Line]) -> str:
    text = "\n".join(f"{line.account} {line.amount_fen}" for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()
