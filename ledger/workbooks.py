"""The trial balance and the statement of an account as spreadsheets, written row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import date, datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import clock
from core.errors import DomainError
from ledger.selectors import TrialBalance, Where
from ledger.statement import Extract
from look.sheets import CONTENT_TYPE, Column, Kind, open_sheet

# What a request may keep a web process busy with; a longer statement is asked for in parts.
MOST_LINES = 100_000


def trial_balance(
    shown: TrialBalance, *, where: Where, from_on: date, to_on: date | None, as_of: datetime | None
) -> FileResponse:
    """One row an account, groups above their accounts, the total last."""
    columns = [
        Column(_("Account"), width=36),
        Column(_("Code"), width=26),
        _money(_("Opening debit")),
        _money(_("Opening credit")),
        _money(pgettext("ledger", "Debit")),
        _money(pgettext("ledger", "Credit")),
        _money(_("Closing debit")),
        _money(_("Closing credit")),
    ]
    title = _("Trial balance")
    with _file() as file:
        with open_sheet(file, title=title, about=_about(where, from_on, to_on, as_of), columns=columns) as sheet:
            for row in shown.rows:
                indent = "\u3000" * row.account.depth  # a blank as wide as a character
                sheet.write([f"{indent}{row.account.name}", row.account.code, *row.amounts])
            sheet.write([_("Total"), None, *shown.total])
        return _answer(file, f"{title} {_days(from_on, to_on)}")


def statement(extract: Extract) -> FileResponse:
    """One row an entry, between the opening and the closing balance. Raises DomainError("statement_too_long")."""
    sums, account = extract.sums(), extract.account
    if sums.entries > MOST_LINES:
        raise DomainError(
            "statement_too_long",
            _("This statement has %(lines)s lines; at most %(most)s fit. Please ask for a shorter period."),
            lines=sums.entries,
            most=MOST_LINES,
        )
    columns = [
        Column(_("Booking date"), Kind.DAY, 12),
        Column(_("Written down"), Kind.TIME, 20),
        Column(_("What")),
        Column(_("Reference"), width=24),
        Column(_("Narrative"), width=30),
        Column(_("Plan year")),
        Column(_("Insurer"), width=24),
        Column(_("Area code"), width=10),
        Column(_("Money account"), width=22),
        _money(pgettext("ledger", "Debit")),
        _money(pgettext("ledger", "Credit")),
        _money(pgettext("ledger", "Balance")),
    ]
    about = [f"{account.name} {account.code}", *_about(extract.where, extract.from_on, extract.to_on, extract.as_of)]
    with _file() as file:
        with open_sheet(file, title=_("Account statement"), about=about, columns=columns) as sheet:
            sheet.write(_balance_row(_("Opening balance"), None, None, sums.opening_fen))
            for line in extract.lines():
                entry, what = line.entry, line.entry.transaction
                insurer = entry.insurer.name if entry.insurer else None
                whose = [entry.plan_year or None, insurer, entry.area or None, entry.money_account or None]
                amounts = [line.debit_fen or None, line.credit_fen or None, line.balance_fen]
                texts = [what.kind_name, what.reference, what.narrative or None]
                sheet.write([entry.booking_date, entry.occurred_at, *texts, *whose, *amounts])
            sheet.write(_balance_row(_("Closing balance"), sums.debit_fen, sums.credit_fen, sums.closing_fen))
        return _answer(file, f"{account.name} {_days(extract.from_on, extract.to_on)}")


def _money(title: str) -> Column:
    return Column(title, Kind.MONEY, 18)


def _balance_row(name: str, *amounts_fen: int | None) -> list[Any]:
    return [None, None, name, *[None] * 6, *amounts_fen]


def _about(where: Where, from_on: date, to_on: date | None, as_of: datetime | None) -> Sequence[str]:
    """What was asked for, a line each."""
    labels = (_("Scheme"), _("Plan year"), _("Insurer"), _("Area code"), _("Money account"))
    asked = [(label, getattr(where, one.name)) for label, one in zip(labels, fields(where), strict=True)]
    moment = clock.local(as_of or clock.now())
    facts = [
        *((label, code) for label, code in asked if code),
        (_("Booking dates"), _days(from_on, to_on)),
        (_("As the books stood before"), f"{moment:%Y-%m-%d %H:%M:%S}"),
        (_("Amounts"), _("yuan")),
    ]
    return [f"{label}: {value}" for label, value in facts]


def _days(from_on: date, to_on: date | None) -> str:
    until = (to_on - timedelta(days=1)) if to_on else clock.today()
    return f"{from_on.isoformat()} – {until.isoformat()}"


@contextmanager
def _file() -> Iterator[IO[bytes]]:
    """One that the response closes when it was sent, and that is closed here when it never comes to that."""
    file = TemporaryFile()  # noqa: SIM115  (it outlives this block)
    try:
        yield file
    except BaseException:
        file.close()
        raise


def _answer(file: IO[bytes], name: str) -> FileResponse:
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=CONTENT_TYPE)
    response["Cache-Control"] = "private, no-store"
    return response
