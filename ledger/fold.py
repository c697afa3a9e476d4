"""Folding: rows of Unfolded become part of the day's balances. Postings and readers do not wait for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from work import chores

EVERY = timedelta(seconds=30)
AT_ONCE = 5_000


def register() -> None:
    chores.register("fold balances", EVERY, fold_what_is_there)


def fold_what_is_there(_now: datetime) -> int:
    return fold()


def fold(*, at_once: int = AT_ONCE) -> int:
    """All there is now, in steps of at_once; how many rows were folded. While another process folds: 0."""
    folded = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT ledger_fold(%s)", [at_once])
            (step,) = cursor.fetchone() or (0,)
            folded += step
            if step < at_once:
                return folded
