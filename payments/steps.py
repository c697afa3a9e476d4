"""The named moments between two of which a process may die while it moves money.

A test starts a real worker with PAYMENTS_CRASH_AT=<moment> and the process kills itself there with SIGKILL, as a
power cut would. tests/payments enumerates these tuples, so a new moment is a new test. Outside tests `reach` does
nothing, and a process that has the variable set refuses to start.
"""

from __future__ import annotations

import os
import signal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_VARIABLE = "PAYMENTS_CRASH_AT"

# In the order in which a worker passes them.
_WORK = (
    "claimed",  # the row is leased; nothing else has happened
    "sending_uncommitted",  # SENDING written, not committed
    "sending_committed",  # SENDING committed; the channel was not called
    "channel_executed",  # the channel has answered; we have written nothing
    "result_uncommitted",  # state and ledger written, not committed
    "result_committed",  # all is committed; the worker has not moved on
)
PAYMENT_STEPS = tuple(f"payment.{step}" for step in ("created_uncommitted", "created_committed", *_WORK))
REFUND_STEPS = tuple(f"refund.{step}" for step in ("created_uncommitted", "created_committed", *_WORK))
TRANSFER_STEPS = tuple(f"transfer.{step}" for step in ("created_uncommitted", "created_committed", *_WORK))
NOTIFICATION_STEPS = (
    "notification.stored_uncommitted",
    "notification.stored_committed",
    "notification.claimed",
    "notification.result_uncommitted",
    "notification.result_committed",
)
STEPS = frozenset((*PAYMENT_STEPS, *REFUND_STEPS, *TRANSFER_STEPS, *NOTIFICATION_STEPS))


def reach(step: str) -> None:
    """Say that the process is at this moment. In a test that asked for it, the process ends here, uncleanly."""
    if not settings.TESTING:
        return
    if step not in STEPS:
        raise ValueError(f"{step} is not a declared step")
    if os.environ.get(_VARIABLE) == step:
        os.kill(os.getpid(), signal.SIGKILL)


def refuse_crash_points_in_production() -> None:
    """Raises ImproperlyConfigured when the test variable is set in a process that is no test."""
    if os.environ.get(_VARIABLE) and not settings.TESTING:
        raise ImproperlyConfigured(f"{_VARIABLE} is only for tests; unset it.")
