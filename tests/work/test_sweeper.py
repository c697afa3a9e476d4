"""The loop of a worker: each kind of row, and each bound within a kind, has threads of its own."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from core import clock, guards
from tests.parcels.models import Parcel
from work import chores, outbox, sweeper, sweeps
from work.lanes import Lane
from work.leases import settle
from work.models import Chore, HumanTask, OutboxMessage
from work.sweeper import Sweeper
from work.sweeps import Sweep

pytestmark = pytest.mark.django_db(transaction=True)

NORTH, SOUTH = 1, 2


class Road:
    """Parcels are carried by two depots, told apart by their weight; one may be shut."""

    def __init__(self) -> None:
        self.open = {NORTH: threading.Event(), SOUTH: threading.Event()}
        self.carried: list[int] = []
        self.on_the_way = self.most_on_the_way = 0
        self._lock = threading.Lock()

    def carry(self, parcel: Parcel, now: Any) -> bool:
        with self._lock:
            self.on_the_way += 1
            self.most_on_the_way = max(self.most_on_the_way, self.on_the_way)
        self.open[parcel.weight_gram].wait(20)
        settle(parcel, token=parcel.fencing_token, next_attempt_at=None)
        with self._lock:
            self.on_the_way -= 1
            self.carried.append(parcel.weight_gram)
        return True

    def sweep(self, **options: Any) -> Sweep[Parcel]:
        return Sweep("parcels", Lane.MONEY, rows=Parcel.objects.all, carry=self.carry, **options)


@pytest.fixture
def road() -> Road:
    return Road()


@pytest.fixture
def working(road: Road) -> Iterator[Callable[..., Sweeper]]:
    started: list[Any] = []

    def start(**options: Any) -> Sweeper:
        registered = sweeps._sweeps.replaced("parcels", road.sweep(**options))
        registered.__enter__()
        loop = Sweeper([Lane.MONEY], every=0.05)
        started.append((loop, registered))
        loop.start()
        return loop

    yield start
    for gate in road.open.values():
        gate.set()
    for loop, registered in started:
        loop.stop()
        registered.__exit__(None, None, None)


def due(weight: int, count: int) -> None:
    for _parcel in range(count):
        Parcel.objects.create(weight_gram=weight, next_attempt_at=clock.now())


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_while_the_north_is_silent_the_south_is_served(road: Road, working: Callable[..., Sweeper]) -> None:
    due(NORTH, 8)
    due(SOUTH, 3)
    road.open[SOUTH].set()
    working(bound="weight_gram", most=2)
    wait_until(lambda: road.carried == [SOUTH] * 3)
    wait_until(lambda: Parcel.objects.filter(lease_until__gt=clock.now()).count() == 2)
    time.sleep(0.5)
    assert Parcel.objects.filter(lease_until__gt=clock.now()).count() == 2, "of the north two are on the way"
    assert road.carried == [SOUTH] * 3
    road.open[NORTH].set()
    wait_until(lambda: road.carried.count(NORTH) == 8)


def test_control_without_bounds_the_south_waits_for_the_north(road: Road, working: Callable[..., Sweeper]) -> None:
    due(NORTH, 8)
    due(SOUTH, 3)
    road.open[SOUTH].set()
    with guards.off("sweeps.bounds"):
        working(bound="weight_gram", most=2)
        wait_until(lambda: road.on_the_way == 2)
        time.sleep(0.5)
        assert road.carried == []
        road.open[NORTH].set()
        wait_until(lambda: len(road.carried) == 11)


def test_two_workers_together_keep_to_the_number(road: Road, working: Callable[..., Sweeper]) -> None:
    due(NORTH, 12)
    for _worker in range(2):
        working(bound="weight_gram", most=3)
    wait_until(lambda: road.on_the_way == 3)
    time.sleep(0.5)
    assert road.most_on_the_way == 3
    road.open[NORTH].set()
    wait_until(lambda: len(road.carried) == 12)
    assert road.most_on_the_way <= 3 * 2, "a row is settled before its thread is done with it"


def claim_at_once(sweep: Sweep[Parcel], workers: int) -> list[Parcel]:
    start, claimed = threading.Barrier(workers), []

    def claim() -> None:
        start.wait()
        try:
            claimed.extend(sweep.claim(str(NORTH), now=clock.now()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return claimed


def test_of_eight_that_claim_at_once_two_get_a_row(road: Road) -> None:
    due(NORTH, 20)
    assert len(claim_at_once(road.sweep(bound="weight_gram", most=2), workers=8)) == 2


def test_control_without_the_bound_all_eight_do(road: Road) -> None:
    due(NORTH, 20)
    with guards.off("leases.bound"):
        assert len(claim_at_once(road.sweep(bound="weight_gram", most=2), workers=8)) == 8


def test_control_without_the_lock_more_than_two_do(road: Road) -> None:
    """Each counts before the others have claimed."""
    due(NORTH, 200)
    with guards.off("leases.bound_lock"):
        most = max(self_made_race(road) for _try in range(20))
    assert most > 2


def self_made_race(road: Road) -> int:
    Parcel.objects.update(lease_until=None)
    return len(claim_at_once(road.sweep(bound="weight_gram", most=2), workers=8))


def test_a_worker_that_stops_claims_nothing_more_and_ends_what_it_has(
    road: Road, working: Callable[..., Sweeper]
) -> None:
    due(SOUTH, 5)
    loop = working(width=1)
    wait_until(lambda: road.on_the_way == 1)
    threading.Timer(0.3, road.open[SOUTH].set).start()
    loop.stop()
    assert road.carried == [SOUTH]
    assert Parcel.objects.filter(next_attempt_at__isnull=False).count() == 4


def test_it_is_woken_by_a_message_and_by_none_of_another_lane(road: Road) -> None:
    with sweeps._sweeps.replaced("parcels", road.sweep()):
        loop = Sweeper([Lane.MONEY], every=3600)
    road.open[SOUTH].set()
    sweeper.run_in_this_process(loop)
    try:
        time.sleep(0.3)
        due(SOUTH, 1)
        assert not sweeper.wake(Lane.CODES)
        assert sweeper.wake(Lane.MONEY)
        wait_until(lambda: road.carried == [SOUTH])
    finally:
        loop.stop()
        sweeper._current.remove(loop)


class TestChores:
    def test_each_is_run_when_its_time_comes_and_by_one_worker(self) -> None:
        ran: list[Any] = []
        duty = chores.Duty(timedelta(seconds=30), ran.append)
        now = clock.now()
        with chores._duties.replaced("sweep the floor", duty):
            chores.write_down(now=now)
            chores.write_down(now=now)
            assert sweeps.drain("chores", now=now) == len(chores._duties)
            assert sweeps.drain("chores", now=now + timedelta(seconds=29)) == 0
            assert sweeps.drain("chores", now=now + timedelta(seconds=30)) > 0
        assert ran == [now, now + timedelta(seconds=30)]

    def test_one_that_fails_comes_again_and_after_a_dozen_times_a_person_is_asked(self) -> None:
        def fail(_now: Any) -> None:
            raise ZeroDivisionError

        moment = clock.now()
        with chores._duties.replaced("sweep the floor", chores.Duty(timedelta(minutes=1), fail)):
            Chore.objects.create(name="sweep the floor", next_attempt_at=moment)
            for _run in range(13):
                sweeps.drain("chores", now=moment)
                moment += timedelta(minutes=1)
        assert HumanTask.objects.get(kind="chore").key == "sweep the floor"
        assert Chore.objects.get().next_attempt_at == moment


def test_what_is_due_is_asked_in_one_statement(django_assert_num_queries: Any) -> None:
    OutboxMessage.objects.create(
        topic="t", lane=Lane.CODES, key="k", created_at=clock.now(), next_attempt_at=clock.now()
    )
    everything = sweeps.of_lanes(Lane)
    with django_assert_num_queries(1):
        assert sweeps.something_due(everything, now=clock.now()) == [(sweeps.get("outbox.codes"), "")]


def test_every_kind_has_a_lane_and_every_lane_a_worker() -> None:
    from launch.processes import LANES_OF_WORKERS

    taken = [lane for queues in LANES_OF_WORKERS.values() for lane in queues.split(",")]
    assert sorted(taken) == sorted(Lane)
    assert len(sweeps.of_lanes(Lane)) == len(sweeps._sweeps)
    assert {sweep.lane for sweep in outbox.SWEEPS} == set(Lane)
