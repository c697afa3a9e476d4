"""What this room does by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from people.actions.finish_proof import expire_proofs
from work import chores


def register() -> None:
    chores.register("expire proofs of person", timedelta(seconds=60), _expire_proofs)


def _expire_proofs(now: datetime) -> int:
    return expire_proofs(now=now)
