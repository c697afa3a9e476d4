"""A worker is killed (SIGKILL) at every step of a payout; the money goes out exactly once, judged by the bank's log.

Source: reliability.md, M1 and M2; C8.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.models import Transaction
from ledger.selectors import balance_fen
from payments.lifecycle import TransferState
from payments.models import Transfer
from payments.steps import TRANSFER_STEPS
from tests.conftest import CeleryWorker
from tests.payments.orders import PAID, open_order, state_of
from tests.payments.till import BANK, Till, states, wait_until
from tests.payments.worker import Worker
from work.models import OutboxMessage

pytestmark = pytest.mark.faults

CLAIM_FEN = 1_864_000
LEASE_MINUTES = 3
GRACE_MINUTES = 6
Start = Callable[..., Worker]


def finish(worker: Start, later: Callable[..., None]) -> None:
    """Another worker, after the lease of the dead one, and again after the bank's time of grace."""
    for minutes in (LEASE_MINUTES, GRACE_MINUTES, 1):
        later(minutes=minutes)
        assert worker("sweep_transfers").wait() == 0


def assert_paid_exactly_once(till: Till) -> None:
    transfer = Transfer.objects.get()
    assert transfer.state == TransferState.PAID
    assert states(transfer).count("PAID") == 1
    assert till.executed("bank", "accepted") == [(transfer.number, 0)]
    assert till.executed("bank", "paid") == [(transfer.number, -CLAIM_FEN)]
    assert Transaction.objects.filter(kind="payout", reference=transfer.number).count() == 1
    assert balance_fen(**BANK) == -CLAIM_FEN
    assert OutboxMessage.objects.filter(topic="test.paid_out").count() == 1
    assert state_of("claim-1") == PAID
    till.assert_books_agree()


@pytest.mark.parametrize("step", TRANSFER_STEPS)
def test_killed_at_any_step_the_claim_is_paid_exactly_once(
    till: Till, worker: Start, later: Callable[..., None], step: str
) -> None:
    ref = open_order("claim-1")
    if step.startswith("transfer.created"):
        assert worker("pay_out", ref, CRASH_AT=step).wait() == -signal.SIGKILL
        if not Transfer.objects.exists():
            till.pay_out(ref)  # it was never instructed; whoever decided it does so now
    else:
        till.pay_out(ref)
        assert worker("sweep_transfers", CRASH_AT=step).wait() == -signal.SIGKILL
    finish(worker, later)
    assert_paid_exactly_once(till)


def test_killed_while_the_bank_is_executing(till: Till, worker: Start, later: Callable[..., None]) -> None:
    till.sandbox.fault("bank", "transfer", "delay", seconds=5)
    till.pay_out()
    process = worker("sweep_transfers")
    wait_until(lambda: till.executed("bank", "accepted"))
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert Transfer.objects.get().state == TransferState.SENDING
    finish(worker, later)
    assert_paid_exactly_once(till)


def test_killed_twice_in_a_row(till: Till, worker: Start, later: Callable[..., None]) -> None:
    till.pay_out()
    assert worker("sweep_transfers", CRASH_AT="transfer.sending_committed").wait() == -signal.SIGKILL
    later(minutes=GRACE_MINUTES)
    assert worker("sweep_transfers", CRASH_AT="transfer.channel_executed").wait() == -signal.SIGKILL
    finish(worker, later)
    assert_paid_exactly_once(till)


def test_frozen_before_the_call_it_wakes_after_another_worker_has_paid(
    till: Till, worker: Start, later: Callable[..., None]
) -> None:
    """The sleeper sends too, the same number and bytes: the bank executes it once, and its result is not written."""
    till.pay_out()
    sleeper = worker("sweep_transfers", STOP_AT="transfer.sending_committed")
    wait_until(lambda: Transfer.objects.filter(state=TransferState.SENDING))
    finish(worker, later)
    before = Transfer.objects.values("state", "fencing_token", "next_attempt_at").get()
    sleeper.send_signal(signal.SIGCONT)
    assert sleeper.wait() == 0
    assert Transfer.objects.values("state", "fencing_token", "next_attempt_at").get() == before
    assert_paid_exactly_once(till)


def test_control_with_blind_retries_under_new_numbers_the_claim_is_paid_twice(
    till: Till, worker: Start, later: Callable[..., None]
) -> None:
    """What the two rules prevent: ask first, and never mint a second number for one obligation."""
    till.pay_out()
    assert worker("sweep_transfers", CRASH_AT="transfer.channel_executed").wait() == -signal.SIGKILL
    later(minutes=GRACE_MINUTES)
    off = "payments.query_first,payments.same_number,payments.same_bytes"
    assert worker("sweep_transfers", GUARDS_OFF=off).wait() == 0
    assert [fen for _number, fen in till.executed("bank", "paid")] == [-CLAIM_FEN, -CLAIM_FEN]


@pytest.mark.slow
def test_a_real_celery_worker_is_killed_and_another_one_finishes(
    till: Till, process_env: Callable[[], dict[str, str]], later: Callable[..., None], tmp_path: Path
) -> None:
    first = CeleryWorker(process_env, tmp_path / "first.log")
    second = CeleryWorker(process_env, tmp_path / "second.log")
    try:
        first.start(extra_env={"PAYMENTS_CRASH_AT": "transfer.channel_executed"})
        till.pay_out()  # its commit hints the worker
        assert first.wait_until_ended() == -signal.SIGKILL
        assert Transfer.objects.get().state == TransferState.SENDING
        later(minutes=LEASE_MINUTES)
        second.start()
        wait_until(lambda: Transfer.objects.filter(state=TransferState.PAID))
    finally:
        first.kill()
        second.kill()
    assert_paid_exactly_once(till)
