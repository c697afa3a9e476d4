"""Who changed what: written by the database, whatever way the change came, and by nobody else."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from core import clock
from core.actors import Actor
from tests.parcels.models import Parcel, ParcelEvent
from work.audit import acting, changes_of
from work.leases import claim_due
from work.lifecycle import transition
from work.models import Change

pytestmark = pytest.mark.django_db


def sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_change_says_who_when_and_what_was_there_before() -> None:
    with acting("staff:zhoumin", user_id=7, path="/admin/parcels/"):
        parcel = Parcel.objects.create(weight_gram=500)
        parcel.weight_gram = 700
        parcel.save()
    made, changed = changes_of(parcel)
    assert (made.operation, made.before) == ("I", None)
    assert (changed.operation, changed.before) == ("U", {"weight_gram": 500})
    assert (changed.actor_label, changed.user_id, changed.path) == ("staff:zhoumin", 7, "/admin/parcels/")


def test_raw_sql_without_a_name_is_on_record_with_the_databases_own_user() -> None:
    parcel = Parcel.objects.create(weight_gram=500)
    sql("UPDATE parcels_parcel SET weight_gram = 1 WHERE id = %s", parcel.pk)
    assert changes_of(parcel).last().actor_label.startswith("session:")


def test_many_rows_in_one_statement_leave_a_row_each() -> None:
    parcels = [Parcel.objects.create(weight_gram=gram) for gram in (100, 200, 300)]
    Parcel.objects.update(weight_gram=0)
    assert [changes_of(parcel).last().before for parcel in parcels] == [
        {"weight_gram": 100},
        {"weight_gram": 200},
        {"weight_gram": 300},
    ]


def test_a_deleted_row_is_kept_as_it_was() -> None:
    parcel = Parcel.objects.create(weight_gram=500)
    key = parcel.pk
    sql("DELETE FROM parcels_parcel WHERE id = %s", key)
    gone = Change.objects.get(relation="parcels_parcel", row_id=str(key), operation="D")
    assert (gone.before["weight_gram"], gone.before["state"]) == (500, "PACKED")


def test_taking_a_lease_and_saving_without_a_change_leave_nothing() -> None:
    parcel = Parcel.objects.create(next_attempt_at=clock.now())
    assert claim_due(Parcel.objects.all(), now=clock.now()) == [parcel]
    Parcel.objects.get(pk=parcel.pk).save()
    assert [change.operation for change in changes_of(parcel)] == ["I"]


STAFF = Actor(user_id=None, label="staff:zhoumin")


def send(parcel: Parcel, to: str = "SENT", **fields: object) -> None:
    with transaction.atomic():
        transition(parcel, to, actor=STAFF, now=clock.now(), **fields)


def test_a_move_is_told_by_its_event_alone() -> None:
    parcel = Parcel.objects.create(weight_gram=500)
    with transaction.atomic():
        send(parcel, recipient="Li Xiulan")  # inside a savepoint, and filling what was empty
    assert [change.operation for change in changes_of(parcel)] == ["I"]
    assert [(event.name, event.actor_label) for event in parcel.events.all()] == [("parcel.sent", "staff:zhoumin")]


def test_a_move_that_takes_something_away_is_in_the_history_too() -> None:
    parcel = Parcel.objects.create(weight_gram=500)
    send(parcel, weight_gram=700)
    assert changes_of(parcel).last().before == {"state": "PACKED", "weight_gram": 500}


@pytest.mark.django_db(transaction=True)
def test_a_move_without_an_event_of_its_own_is_in_the_history() -> None:
    sent, silent = Parcel.objects.create(), Parcel.objects.create()
    send(sent)
    sql("UPDATE parcels_parcel SET state = 'DELIVERED' WHERE id = %s", sent.pk)
    sql("UPDATE parcels_parcel SET state = 'SENT' WHERE id = %s", silent.pk)
    assert [changes_of(parcel).last().before for parcel in (sent, silent)] == [{"state": "SENT"}, {"state": "PACKED"}]


@pytest.mark.django_db(transaction=True)
def test_an_event_of_an_earlier_transaction_tells_nothing() -> None:
    parcel = Parcel.objects.create()
    ParcelEvent.objects.create(
        subject=parcel, old_state="PACKED", new_state="SENT", name="parcel.sent", actor_label="x", at=clock.now()
    )
    sql("UPDATE parcels_parcel SET state = 'SENT' WHERE id = %s", parcel.pk)
    assert changes_of(parcel).last().before == {"state": "PACKED"}


@pytest.mark.django_db(transaction=True)
def test_after_the_block_nobody_is_named_any_more() -> None:
    with acting("staff:zhoumin"):
        parcel = Parcel.objects.create()
    parcel.weight_gram = 5
    parcel.save()
    assert [change.actor_label[:8] for change in changes_of(parcel)] == ["staff:zh", "session:"]


@pytest.mark.django_db(transaction=True)
def test_in_a_request_every_transaction_says_who_also_after_a_statement_that_stood_alone() -> None:
    with acting("resident:41", user_id=41):
        parcel = Parcel.objects.create(weight_gram=500)  # a statement alone is a transaction of its own
        for weight in (600, 700):
            with transaction.atomic():
                Parcel.objects.filter(pk=parcel.pk).update(weight_gram=weight)
                Parcel.objects.filter(pk=parcel.pk).update(weight_gram=weight + 1)
        Parcel.objects.filter(pk=parcel.pk).update(weight_gram=800)
    assert [change.actor_label for change in changes_of(parcel)] == ["resident:41"] * 6


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO work_change (at, operation, actor_label) VALUES (now(), 'I', 'staff:somebody-else')",
        "UPDATE work_change SET actor_label = 'somebody else'",
        "DELETE FROM work_change",
        "TRUNCATE work_change",
        "SELECT work_write_change('parcels_parcel', '1', 'U', NULL)",
    ],
)
def test_the_application_can_neither_forge_nor_change_nor_drop_the_history(statement: str) -> None:
    Parcel.objects.create()
    with pytest.raises(ProgrammingError, match="permission denied"):
        sql(statement)


def test_a_statement_with_a_result_gives_its_own_result_not_the_announcements() -> None:
    with acting("staff:zhoumin"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO parcels_obligation (ref, state) VALUES ('a', 4) RETURNING state")
        assert cursor.fetchall() == [(4,)]
        cursor.execute("UPDATE parcels_obligation SET state = 5")
        assert cursor.rowcount == 1
