"""Numbers that people read out on the telephone: "CL-2026-0000001"."""

from __future__ import annotations

from django.db import connection


def next_number(prefix: str, year: int) -> str:
    """A number that nobody else has: "<prefix>-<year>-<digits>", rising, with gaps.

    One sequence serves every prefix, so the digits alone are unique too: whoever leaves the letters out on the
    telephone is still understood. A sequence waits for nobody: no order queues for a row that another order holds
    until it commits. What the law wants without gaps (a serial receipt) must not be numbered here. See decision 14.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('work_number')")
        row = cursor.fetchone()
    assert row is not None
    return f"{prefix}-{year}-{row[0]:07d}"
