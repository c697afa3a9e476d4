"""A spreadsheet of ours, read by a program of another maker."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from look.sheets import Column, Kind, open_sheet

# What the sheet shows is a time on the wall, of no zone.
SHORTLY_AFTER_MIDNIGHT = datetime.fromisoformat("2026-12-01T00:30:00")
COLUMNS = [
    Column("Account"),
    Column("Amount", Kind.MONEY),
    Column("Day", Kind.DAY),
    Column("Time", Kind.TIME),
    Column("Number", Kind.COUNT),
]


def read(*rows: list[Any]) -> list[Any]:
    target = BytesIO()
    with open_sheet(target, title="科目余额表", about=["截至 2026-11-30"], columns=COLUMNS) as sheet:
        for row in rows:
            sheet.write(row)
    target.seek(0)
    return CalamineWorkbook.from_filelike(target).get_sheet_by_index(0).to_python()


def test_the_heading_says_what_it_is_and_of_when():
    assert [row[0] for row in read()] == ["科目余额表", "截至 2026-11-30", "", "Account"]


def test_fen_become_yuan_and_days_days():
    night = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)
    [*_, row] = read(["保费", 1_864_007, date(2026, 11, 30), night, 3])
    assert row == ["保费", 18640.07, date(2026, 11, 30), SHORTLY_AFTER_MIDNIGHT, 3]


@pytest.mark.parametrize("fen", [1, -1, 99, 100_000_000_000_01, -123_456_789_012_34])
def test_no_amount_loses_a_fen(fen: int):
    [*_, row] = read(["x", fen, None, None, None])
    assert round(row[1] * 100) == fen


def test_a_name_that_looks_like_a_formula_is_a_name():
    [*_, row] = read(['=HYPERLINK("http://evil.example","张三")', None, None, None, None])
    assert row[0] == '=HYPERLINK("http://evil.example","张三")'


def test_an_empty_cell_is_empty_and_a_short_row_is_refused():
    [*_, row] = read(["x", None, None, None, 1])
    assert row[1] == ""
    with pytest.raises(ValueError, match="shorter"):
        read(["x"])
