"""The money lane, one kind of row after the other, in the test's own thread."""

from __future__ import annotations

from work import sweeps


def sweep_notifications() -> int:
    return sweeps.drain("notifications")


def sweep_payments() -> int:
    return sweeps.drain("payments")


def sweep_refunds() -> int:
    return sweeps.drain("refunds")


def sweep_transfers() -> int:
    return sweeps.drain("transfers")
