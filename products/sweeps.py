"""What this room's workers do: comparisons of terms, part by part (products.workshop.running)."""

from __future__ import annotations

from products.workshop.running import carry_on, running
from work import sweeps
from work.lanes import Lane
from work.sweeps import Sweep


def register() -> None:
    # One in a process at a time: a part takes a core for a second or two.
    sweeps.register(Sweep("comparisons", Lane.CHORES, rows=running, carry=carry_on))
