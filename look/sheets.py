"""Tables as spreadsheets (xlsx): amounts are numbers, days are days, and text is never taken for a formula.

    with open_sheet(target, title="Trial balance", about=["as of …"], columns=COLUMNS) as sheet:
        for row in rows:
            sheet.write(row)

Rows are written as they come and not kept: a year of entries needs the memory of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.money import FEN_PER_YUAN

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Of the file format; what is longer goes on a second file.
MOST_ROWS = 1_048_576
_ROW_HEIGHT = 18


class Kind(Enum):
    """How cells of a column are written and read by the program that opens them."""

    TEXT = "@"
    MONEY = "#,##0.00;[Red]\u2212#,##0.00"
    COUNT = "#,##0"
    DAY = "yyyy-mm-dd"
    TIME = "yyyy-mm-dd hh:mm:ss"


@dataclass(frozen=True)
class Column:
    """width: in characters of the default font."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 16


class Sheet:
    """One open sheet, below its heading."""

    def __init__(self, worksheet: Worksheet, columns: Sequence[Column], formats: dict[Kind, Format], at: int) -> None:
        self._worksheet, self._columns, self._formats, self._at = worksheet, columns, formats, at

    def write(self, row: Sequence[object]) -> None:
        """One value a column: str, int (fen in a MONEY column), date, aware datetime; None leaves the cell empty.

        Raises ValueError for a row of another length, and beyond MOST_ROWS.
        """
        if self._at >= MOST_ROWS:
            raise ValueError(f"a sheet holds {MOST_ROWS} rows")
        for at, (column, value) in enumerate(zip(self._columns, row, strict=True)):
            if value is not None:
                self._cell(at, column.kind, value)
        self._at += 1

    def _cell(self, at: int, kind: Kind, value: Any) -> None:
        look = self._formats[kind]
        match kind:
            case Kind.TEXT:
                # Not write(): "=HYPERLINK(…)" in a name would become a formula on the reader's machine.
                self._worksheet.write_string(self._at, at, str(value), look)
            case Kind.MONEY:
                self._worksheet.write_number(self._at, at, value / FEN_PER_YUAN, look)  # the file knows only floats
            case Kind.COUNT:
                self._worksheet.write_number(self._at, at, value, look)
            case Kind.DAY | Kind.TIME:
                self._worksheet.write_datetime(self._at, at, _civil(value), look)


def _civil(value: date | datetime) -> date | datetime:
    """Spreadsheets know no time zones: the product's."""
    if isinstance(value, datetime):
        return timezone.make_naive(value, timezone.get_default_timezone())
    return value


@contextmanager
def open_sheet(target: IO[bytes], *, title: str, about: Sequence[str], columns: Sequence[Column]) -> Iterator[Sheet]:
    """A file with one sheet. title: its heading. about: lines under it. The headings of the columns stay in view."""
    options = {"constant_memory": True, "tmpdir": settings.FILE_UPLOAD_TEMP_DIR, "default_date_format": Kind.DAY.value}
    with xlsxwriter.Workbook(target, options) as workbook:
        worksheet = workbook.add_worksheet()
        worksheet.set_landscape()
        worksheet.set_paper(9)  # A4
        worksheet.fit_to_pages(1, 0)
        worksheet.set_default_row(_ROW_HEIGHT)
        for at, column in enumerate(columns):
            worksheet.set_column(at, at, column.width)
        worksheet.write_string(0, 0, title, workbook.add_format({"bold": True, "font_size": 14}))
        for line, text in enumerate(about, start=1):
            worksheet.write_string(line, 0, text)
        head = len(about) + 2
        for at, column in enumerate(columns):
            align = "left" if column.kind is Kind.TEXT else "right"
            worksheet.write_string(
                head, at, column.title, workbook.add_format({"bold": True, "bottom": 1, "align": align})
            )
        worksheet.freeze_panes(head + 1, 0)
        worksheet.repeat_rows(head)
        formats = {kind: workbook.add_format({"num_format": kind.value}) for kind in Kind}
        yield Sheet(worksheet, columns, formats, head + 1)
