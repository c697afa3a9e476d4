"""Numbers that people read out on the telephone: "CL-2026-0000001"."""

from __future__ import annotations

from django.db import connection


def next_number(prefix: str, year: int) -> str:
    """The next number of the series "<prefix>-<year>". Unique and rising; a rolled-back transaction leaves no gap,
    because the counter row is taken in the same transaction (and so serialises it: call it late).
    """
    series = f"{prefix}-{year}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_numbercounter (series, last) VALUES (%s, 1) "
            "ON CONFLICT (series) DO UPDATE SET last = core_numbercounter.last + 1 RETURNING last",
            [series],
        )
        row = cursor.fetchone()
    assert row is not None
    return f"{series}-{row[0]:07d}"
