"""The application's role tries every setting that would pass a trigger over, against every guard there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from pgtrigger import registry

from core import clock
from core.actors import Actor
from tests.parcels.models import Parcel, ParcelState
from work.audit import changes_of
from work.lifecycle import transition

pytestmark = pytest.mark.django_db
SETTINGS = ("pgtrigger.ignore", "pgtrigger.schema")


@pytest.fixture(params=SETTINGS)
def silenced(request: pytest.FixtureRequest) -> Iterator[None]:
    """A session that asks for every guard of the house to be passed over."""
    names = [trigger.get_pgid(model) for model, trigger in registry.registered()]
    assert len(names) > 30
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [request.param, "{" + ",".join(names) + "}"])
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, '', false)", [request.param])


def refused(statement: str) -> None:
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_no_edge_off_the_table_is_taken(silenced: None) -> None:
    Parcel.objects.create()
    refused("UPDATE parcels_parcel SET state = 'DELIVERED'")
    refused(
        "INSERT INTO parcels_parcel"
        " (state, weight_gram, recipient, recipient_index, attempts, fencing_token, last_error)"
        " VALUES ('SENT', 1, '', '', 0, 0, '')"
    )


def test_events_stay_as_they_were_written(silenced: None) -> None:
    parcel = Parcel.objects.create()
    transition(parcel, ParcelState.SENT, actor=Actor.system("test"), now=clock.now())
    refused("UPDATE parcels_parcelevent SET actor_label = 'another'")
    refused("DELETE FROM parcels_parcelevent")


def test_the_history_goes_on_writing(silenced: None) -> None:
    parcel = Parcel.objects.create(weight_gram=1)
    Parcel.objects.update(weight_gram=2)
    assert [change.before for change in changes_of(parcel)] == [None, {"weight_gram": 1}]


def test_no_function_of_the_database_asks_a_setting_whether_to_guard() -> None:
    """Whatever settings are invented next: no trigger function of ours reads one, but to learn who acts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.proname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND NOT t.tgisinternal"
        )
        functions = dict(cursor.fetchall())
    assert {"work_refuse", "work_record_change", "ledger_check_balance"} <= set(functions)
    reading = {name for name, source in functions.items() if "setting" in source.lower()}
    assert reading == {"work_record_change"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'work_write_change'")
        [[shared]] = cursor.fetchall()
    for source in (functions["work_record_change"], shared):
        asked = source.split("current_setting(")[1:]
        assert {piece.split("'")[1] for piece in asked} == {"work.actor", "work.user", "work.path"}


def test_the_application_cannot_disable_a_trigger() -> None:
    refused("ALTER TABLE parcels_parcel DISABLE TRIGGER ALL")
    refused("SET session_replication_role = replica")


def test_what_is_fixed_may_not_even_be_updated() -> None:
    """Column rights behind the trigger: without it the database would still refuse."""
    refused("UPDATE payments_payment SET amount_fen = 1")
    refused("UPDATE payments_transfer SET number = 'TR-1'")
    refused("UPDATE claims_claim SET policy_id = 1")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE claims_claim SET review_days_left = review_days_left")
