"""After a commit, wake the workers of the money lane."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from payments.steps import reach
from work.hints import hint_after_commit
from work.lanes import Lane


def wake_after_commit(*, step: str = "") -> None:
    """step: the moment just after this commit, at which a test may kill the process."""
    if step:
        transaction.on_commit(partial(reach, step))
    hint_after_commit(Lane.MONEY)
