"""Numbers that people read out on the telephone: "CL-2026-0000001"."""

from __future__ import annotations

from work.blocks import Blocks, from_sequence

# So many are lost when a process ends: little against a year's, and one statement for ten orders.
BLOCK = 50

_digits = Blocks(lambda: from_sequence("work_number", BLOCK))


def next_number(prefix: str, year: int) -> str:
    """A number that nobody else has: "<prefix>-<year>-<digits>", with gaps; those of one process rise.

    One sequence serves every prefix, so the digits alone are unique too: whoever leaves the letters out on the
    telephone is still understood. A sequence waits for nobody: no order queues for a row that another order holds
    until it commits. What the law wants without gaps (a serial receipt) must not be numbered here. See decision 14.
    """
    return f"{prefix}-{year}-{_digits.take():07d}"
