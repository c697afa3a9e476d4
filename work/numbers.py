"""Numbers that people read out on the telephone: "CL-2026-0000001"."""

from __future__ import annotations

from django.db import connection


def next_number(prefix: str, year: int) -> str:
    """A number that nobody else has: "<prefix>-<year>-<digits>", rising, with gaps.

    One sequence serves every prefix, so the digits alone are unique too: whoever leaves the letters out on the
    telephone is still understood. A sequence waits for nobody: no order queues for a row that another order holds
    until it commits. What the law wants without gaps (a serial receipt) must not be numbered here. See decision 14.
    """
    return next_numbers(prefix, year, 1)[0]


def next_numbers(prefix: str, year: int, how_many: int) -> list[str]:
    """As many as next_number would give one after the other, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('work_number') FROM generate_series(1, %s)", [how_many])
        return [f"{prefix}-{year}-{digits:07d}" for (digits,) in cursor.fetchall()]
