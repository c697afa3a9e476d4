"""One row, one worker at a time; a worker that wakes after its lease has lost the row."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction

from core import guards
from tests.parcels.models import Parcel
from work.leases import (
    LEASE,
    LeaseLost,
    claim_due,
    claim_one,
    lock_held,
    open_human_task,
    retry_delay,
    settle,
)
from work.models import HumanTask

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def due(count: int = 1) -> list[Parcel]:
    return [Parcel.objects.create(next_attempt_at=NOW) for _ in range(count)]


def claim(at: datetime = NOW, limit: int = 50) -> list[Parcel]:
    return claim_due(Parcel.objects.all(), now=at, limit=limit)


def test_only_due_rows_are_claimed_and_the_attempt_is_counted() -> None:
    due()
    Parcel.objects.create(next_attempt_at=NOW + timedelta(microseconds=1))
    Parcel.objects.create(next_attempt_at=None)
    [parcel] = claim()
    assert (parcel.attempts, parcel.fencing_token, parcel.lease_until) == (
        1,
        1,
        NOW + LEASE,
    )


def test_a_held_row_is_skipped_until_the_lease_has_ended() -> None:
    due()
    assert len(claim()) == 1
    assert claim(NOW + LEASE - timedelta(microseconds=1)) == []
    assert len(claim(NOW + LEASE)) == 1


def test_a_worker_that_slept_through_its_lease_cannot_write() -> None:
    due()
    [sleeper] = claim()
    [successor] = claim(NOW + LEASE)
    with pytest.raises(LeaseLost):
        settle(sleeper, token=sleeper.fencing_token, next_attempt_at=None)
    with pytest.raises(LeaseLost), transaction.atomic():
        lock_held(sleeper, token=sleeper.fencing_token)
    settle(successor, token=successor.fencing_token, next_attempt_at=None)
    assert Parcel.objects.get().next_attempt_at is None


def test_control_without_fencing_the_sleeper_overwrites_its_successor() -> None:
    due()
    [sleeper] = claim()
    [successor] = claim(NOW + LEASE)
    settle(successor, token=successor.fencing_token, next_attempt_at=None)
    with guards.off("leases.fencing"):
        settle(sleeper, token=sleeper.fencing_token, next_attempt_at=NOW, error="stale")
    assert Parcel.objects.get().last_error == "stale"


def test_two_sweepers_at_once_share_the_rows_without_overlap() -> None:
    due(40)
    start, claimed = threading.Barrier(2), []

    def sweeper() -> None:
        start.wait()
        try:
            for _round in range(10):
                claimed.extend(parcel.pk for parcel in claim(limit=4))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sweeper) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 40


def test_a_single_row_can_be_claimed_at_once_unless_somebody_holds_it() -> None:
    [parcel] = due()
    again = Parcel.objects.get()
    assert claim_one(parcel, now=NOW)
    assert not claim_one(again, now=NOW)


def test_waiting_doubles_up_to_half_an_hour() -> None:
    assert [retry_delay(n).total_seconds() for n in (1, 2, 3, 12, 60)] == [
        2,
        4,
        8,
        1800,
        1800,
    ]


def test_a_case_is_put_before_a_person_once() -> None:
    for _ in range(2):
        open_human_task(kind="payout", key="TR-1", reason="bank does not answer", now=NOW)
    assert HumanTask.objects.count() == 1
