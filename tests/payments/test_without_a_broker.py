"""The broker is away: whoever orders, pays or is paid does not notice, but for the few seconds between two looks."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import Celery

from launch.ports import any_free
from launch.redis_server import RedisServer
from payments.lifecycle import PaymentState, TransferState
from payments.models import Payment, Transfer
from tests.conftest import CeleryWorker
from tests.payments.orders import open_order
from tests.payments.till import Till, wait_until
from work import hints
from work.lanes import Lane
from work.models import OutboxMessage


class Broker:
    """One of the test's own, to be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.server = RedisServer(folder, any_free(), "secret", throw_away=True)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.server.command())
        self.server.wait_until_ready()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ring(self, lane: Lane) -> None:
        # Not the current app of this process: whatever is hinted at afterwards would go to this broker, dead by then.
        with Celery(broker=self.server.url(), set_as_current=False) as bell:
            bell.send_task("work.tasks.look", args=[str(lane)], queue=str(lane))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    own = Broker(tmp_path / "broker")
    yield own
    own.kill()


@pytest.fixture
def worker(process_env: Callable[[], dict[str, str]], tmp_path: Path) -> Iterator[CeleryWorker]:
    one = CeleryWorker(process_env, tmp_path / "worker.log")
    yield one
    one.kill()


@pytest.mark.slow
@pytest.mark.faults
def test_what_is_instructed_while_the_broker_is_dead_is_paid_and_afterwards_the_worker_is_woken_again(
    till: Till, broker: Broker, worker: CeleryWorker
) -> None:
    worker.start(extra_env={"REDIS_URL": broker.server.url(), "SWEEP_SECONDS": "0.5"})
    broker.kill()
    till.pay_out(open_order("claim-1"))
    wait_until(lambda: Transfer.objects.filter(state=TransferState.PAID))
    broker.start()
    seen = len(worker.log)

    def is_woken() -> bool:
        broker.ring(Lane.MONEY)
        return "work.tasks.look" in worker.log[seen:]

    wait_until(is_woken)
    till.assert_books_agree()


@pytest.mark.slow
@pytest.mark.faults
def test_a_worker_that_never_reaches_a_broker_takes_the_money_and_pays_out(till: Till, worker: CeleryWorker) -> None:
    nowhere = f"redis://127.0.0.1:{any_free()}/0"
    till.pay_from_account()
    till.pay_out(open_order("claim-1"))
    worker.start(extra_env={"REDIS_URL": nowhere, "SWEEP_SECONDS": "0.5"}, wait=False)
    wait_until(lambda: Payment.objects.filter(state=PaymentState.PAID))
    wait_until(lambda: Transfer.objects.filter(state=TransferState.PAID))
    wait_until(lambda: not OutboxMessage.objects.filter(done_at=None))
    assert " ready." not in worker.log, "it waits for its broker still"
    till.assert_books_agree()


@pytest.fixture
def broker_away(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every message fails as it does without a broker; how often one was tried."""
    tried: list[str] = []

    def send_task(name: str, **_options: object) -> None:
        tried.append(name)
        raise ConnectionRefusedError

    monkeypatch.setattr("work.hints.current_app.send_task", send_task)
    monkeypatch.setattr(hints, "_silent_until", 0.0)
    return tried


def test_who_orders_is_not_told_and_does_not_wait_for_it_again_and_again(
    till: Till, broker_away: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        till.pay_from_account(open_order(f"order-{number}"))
    assert Payment.objects.count() == 3
    assert len(broker_away) == 1, "a broker that is away is left alone for some seconds"
    monkeypatch.setattr(hints, "_silent_until", time.monotonic() - 1)
    hints.hint(Lane.MONEY)
    assert len(broker_away) == 2
