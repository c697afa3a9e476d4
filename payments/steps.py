"""The named moments between two of which a process may die while it moves money.

A test starts a real worker with PAYMENTS_CRASH_AT=<moment> and the process kills itself there with SIGKILL, as a
power cut would; with PAYMENTS_STOP_AT it freezes (SIGSTOP) until the test wakes it. tests/payments enumerates these
tuples, so a new moment is a new test. Outside tests `reach` does nothing, and a process that has a variable set refuses
to start.
"""

from __future__ import annotations

import os
import signal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_SIGNALS = {"PAYMENTS_CRASH_AT": signal.SIGKILL, "PAYMENTS_STOP_AT": signal.SIGSTOP}

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
    """Say that the process is at this moment. In a test that asked for it, the process ends or freezes here."""
    if not settings.TESTING:
        return
    if step not in STEPS:
        raise ValueError(f"{step} is not a declared step")
    for variable, fatal in _SIGNALS.items():
        if os.environ.get(variable) == step:
            os.kill(os.getpid(), fatal)


def refuse_crash_points_in_production() -> None:
    """Raises ImproperlyConfigured when a test variable is set in a process that is no test."""
    for variable in _SIGNALS:
        if os.environ.get(variable) and not settings.TESTING:
            raise ImproperlyConfigured(f"{variable} is only for tests; unset it.")
