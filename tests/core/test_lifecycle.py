"""A parcel moves only along the edges of its table: whoever asks, by whatever path, however many at once."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, connections, transaction

from core import guards
from core.actors import Actor
from core.errors import Conflict, IllegalTransition
from tests.parcels.models import PARCEL_LIFECYCLE, Parcel, ParcelEvent, ParcelState
from work.lifecycle import transition

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CLERK = Actor(user_id=None, label="clerk")


@pytest.fixture
def parcel(transactional_db: None) -> Parcel:
    return Parcel.objects.create()


def send(parcel: Parcel) -> None:
    with transaction.atomic():
        transition(
            parcel,
            ParcelState.SENT,
            actor=CLERK,
            now=NOW,
            reason="van is here",
            weight_gram=500,
        )


def test_a_move_sets_state_and_fields_and_leaves_an_event(parcel: Parcel) -> None:
    send(parcel)
    fresh = Parcel.objects.get()
    assert (fresh.state, fresh.weight_gram) == (ParcelState.SENT, 500)
    event = ParcelEvent.objects.get()
    assert (event.old_state, event.new_state, event.name) == (
        "PACKED",
        "SENT",
        "parcel.sent",
    )
    assert (event.actor_label, event.reason, event.at) == ("clerk", "van is here", NOW)


def test_an_edge_that_is_not_in_the_table_is_refused_with_its_state(
    parcel: Parcel,
) -> None:
    with pytest.raises(IllegalTransition) as refusal, transaction.atomic():
        transition(parcel, ParcelState.DELIVERED, actor=CLERK, now=NOW)
    assert refusal.value.code == "illegal_transition"
    assert Parcel.objects.get().state == ParcelState.PACKED


def test_raw_sql_and_bulk_updates_meet_the_same_table_in_the_database(
    parcel: Parcel,
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Parcel.objects.filter(pk=parcel.pk).update(state=ParcelState.RETURNED)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE parcels_parcel SET state = 'DELIVERED'")


def test_a_row_can_only_be_born_in_the_first_state(transactional_db: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Parcel.objects.create(state=ParcelState.DELIVERED)


def test_events_cannot_be_changed_or_removed(parcel: Parcel) -> None:
    send(parcel)
    with pytest.raises(DatabaseError), transaction.atomic():
        ParcelEvent.objects.update(reason="something nicer")
    with pytest.raises(DatabaseError), transaction.atomic():
        ParcelEvent.objects.all().delete()


def test_a_move_outside_a_transaction_is_a_programming_error(parcel: Parcel) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"):
        transition(parcel, ParcelState.SENT, actor=CLERK, now=NOW)


def _two_clerks_at_once(parcel: Parcel) -> list[str]:
    """Both have read PACKED before either writes; returns how each fared."""
    start, outcomes = threading.Barrier(2), []

    def clerk() -> None:
        mine = Parcel.objects.get(pk=parcel.pk)
        start.wait()
        try:
            send(mine)
            outcomes.append("sent")
        except Conflict as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=clerk) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_of_two_clerks_sending_one_parcel_the_second_is_told(parcel: Parcel) -> None:
    assert _two_clerks_at_once(parcel) == ["changed_meanwhile", "sent"]
    assert ParcelEvent.objects.count() == 1


def test_control_without_the_guarded_update_the_parcel_is_sent_twice(
    parcel: Parcel,
) -> None:
    with guards.off("lifecycle.guarded_update"):
        assert _two_clerks_at_once(parcel) == ["sent", "sent"]
    assert ParcelEvent.objects.count() == 2


def test_every_state_is_reachable_and_the_final_ones_are_known() -> None:
    assert PARCEL_LIFECYCLE.reachable_states == set(ParcelState.values)
    assert PARCEL_LIFECYCLE.final_states == {"DELIVERED", "RETURNED"}
    assert "PACKED --> SENT: parcel.sent" in PARCEL_LIFECYCLE.mermaid()
