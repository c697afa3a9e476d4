"""The one verb of the ledger: post."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from core.clock import civil_date
from core.errors import Conflict
from ledger.chart import account_of
from ledger.models import Transaction


@dataclass(frozen=True, slots=True)
class Line:
    """amount_fen > 0 debits the account, < 0 credits it. The rest says whose money it is (ledger.models.Dimensions);
    what the account demands must be given."""

    account: str
    amount_fen: int
    scheme: str
    plan_year: str = ""
    insurer: str = ""
    area: str = ""
    money_account: str = ""


def post(
    *,
    kind: str,
    reference: str,
    lines: Sequence[Line],
    now: datetime,
    booking_date: date | None = None,
    narrative: str = "",
    reverses: Transaction | None = None,
) -> Transaction:
    """Post one balanced transaction in the caller's database transaction, in one statement.

    booking_date: the day it counts to, by default that of now; never a later one. The same (kind, reference) with the
    same lines returns the first posting; with other lines raises Conflict("posted_differently"). Raises ValueError for
    fewer than two lines, a zero line, a line without what its account demands, or a sum other than 0 of a scheme;
    UnknownAccount for a code that takes no entries. The database checks all of it again, the sums at commit.
    """
    _refuse_what_does_not_fit(f"{kind} {reference}", lines)
    posted = Transaction(
        kind=kind,
        reference=reference,
        narrative=narrative,
        occurred_at=now,
        booking_date=booking_date or civil_date(now),
        reverses=reverses,
        lines_sha256=_digest(lines),
    )
    if _write(posted, lines):
        return posted
    first = Transaction.objects.get(kind=kind, reference=reference)
    if first.lines_sha256 != posted.lines_sha256:
        raise Conflict(
            "posted_differently",
            _("%(kind)s %(reference)s is already in the books with other amounts."),
            kind=kind,
            reference=reference,
        )
    return first


def reverse(*, original: Transaction, kind: str, reference: str, now: datetime, reason: str) -> Transaction:
    """Post the mirror of a transaction, once, on today's day. The reason is kept as narrative; nothing is ever changed
    or deleted."""
    lines = [
        Line(e.account.code, -e.amount_fen, e.scheme_id, e.plan_year, e.insurer_id or "", e.area, e.money_account)
        for e in original.entries.select_related("account").order_by("id")
    ]
    return post(kind=kind, reference=reference, lines=lines, now=now, narrative=reason, reverses=original)


def _refuse_what_does_not_fit(event: str, lines: Sequence[Line]) -> None:
    sums: dict[str, int] = {}
    for line in lines:
        if missing := [one for one in sorted(account_of(line.account).demands) if not getattr(line, one)]:
            raise ValueError(f"{event}: {line.account} needs {', '.join(missing)}")
        sums[line.scheme] = sums.get(line.scheme, 0) + line.amount_fen
    if len(lines) < 2 or any(line.amount_fen == 0 for line in lines) or any(sums.values()):
        raise ValueError(f"{event}: lines must be at least two, not zero, and sum to 0 fen within each scheme")


# Two statements in one, without a savepoint: of two that post one event at once the second waits for the first, and
# then writes nothing. The order of the lines is kept, as their digest is over it.
_POST = """
    WITH posted AS (
        INSERT INTO ledger_transaction
               (kind, reference, narrative, occurred_at, booking_date, reverses_id, lines_sha256)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (reference, kind) DO NOTHING
        RETURNING id, occurred_at, booking_date
    ), written AS (
        INSERT INTO ledger_entry (transaction_id, occurred_at, booking_date, account_id, amount_fen,
                                  scheme_id, plan_year, insurer_id, area, money_account)
        SELECT posted.id, posted.occurred_at, posted.booking_date, account.id, line.amount_fen,
               line.scheme, line.plan_year, nullif(line.insurer, ''), line.area, line.money_account
          FROM posted, unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
               WITH ORDINALITY
               AS line (account, amount_fen, scheme, plan_year, insurer, area, money_account, place)
          JOIN ledger_account account ON account.code = line.account
         ORDER BY line.place
        RETURNING 1
    )
    SELECT posted.id, (SELECT count(*) FROM written) FROM posted
"""
_FIELDS = ("account", "amount_fen", "scheme", "plan_year", "insurer", "area", "money_account")


def _write(posted: Transaction, lines: Sequence[Line]) -> bool:
    """False when this event is in the books already. Raises IntegrityError for what the database refuses."""
    columns = [[getattr(line, name) for line in lines] for name in _FIELDS]
    with connection.cursor() as cursor:
        cursor.execute(
            _POST,
            [
                posted.kind, posted.reference, posted.narrative, posted.occurred_at, posted.booking_date,
                posted.reverses_id, posted.lines_sha256, *columns,
            ],
        )  # fmt: skip
        row = cursor.fetchone()
    if row is None:
        return False
    posted.pk, written = row
    if written != len(lines):
        raise RuntimeError(f"{posted}: the chart of accounts is not in this database; run migrate")
    posted._state.adding, posted._state.db = False, connection.alias
    return True


def _digest(lines: Sequence[Line]) -> str:
    text = "\n".join("|".join(str(getattr(line, name)) for name in _FIELDS) for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()
