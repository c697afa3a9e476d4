"""Tables that are to be divided can be: each is built here as a partitioned one, with the very indexes it has
(docs/decisions/0019-by-what-tables-are-divided.md)."""

from __future__ import annotations

import psycopg
import pytest
from django.apps import apps
from django.db import models
from psycopg import sql

from work.row_ids import RowId

KEYED = sorted((model for model in apps.get_models() if hasattr(model, "partition_key")), key=lambda m: m._meta.label)
# Unique without the key, and why that is no danger.
EXCEPTIONS = {
    ("enrollment.Policy", ("order_line_id",)): "a line's order has one plan year, so the key adds nothing",
}
INDEXES = """
    SELECT i.relname, indisunique, indisprimary, array(
        SELECT attname::text FROM unnest(indkey) AS k JOIN pg_attribute ON attrelid = indrelid AND attnum = k
    ), pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid WHERE indrelid = %s::regclass
"""


def key_column(model: type[models.Model]) -> str:
    return str(model._meta.get_field(model.partition_key).column)


def divided(owner: psycopg.Connection, model: type[models.Model]) -> sql.Identifier:
    """An empty table with the columns of the model's, partitioned by its key; gone with the transaction."""
    name = sql.Identifier("divided")
    owner.execute(
        sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS) PARTITION BY RANGE ({})").format(
            name, sql.Identifier(model._meta.db_table), sql.Identifier(key_column(model))
        )
    )
    return name


@pytest.mark.parametrize("model", KEYED, ids=lambda model: model._meta.label)
def test_every_index_can_stand_on_the_divided_table(model: type[models.Model], owner_connection: psycopg.Connection):
    """PostgreSQL itself refuses a unique index that lacks the key."""
    table = model._meta.db_table
    indexes = owner_connection.execute(INDEXES, [table]).fetchall()
    with owner_connection.transaction(force_rollback=True):
        divided(owner_connection, model)
        for _name, _unique, is_primary, columns, definition in indexes:
            if is_primary or (model._meta.label, tuple(columns)) in EXCEPTIONS:
                continue
            there = definition.replace(f" ON public.{table} ", " ON divided ").replace("INDEX ", "INDEX of_", 1)
            owner_connection.execute(there)
        owner_connection.execute(
            sql.SQL("ALTER TABLE divided ADD PRIMARY KEY (id, {})").format(sql.Identifier(key_column(model)))
        )


@pytest.mark.parametrize("model", KEYED, ids=lambda model: model._meta.label)
def test_an_id_is_unique_over_all_parts_because_a_sequence_gives_it(model: type[models.Model]):
    assert isinstance(model._meta.pk, (RowId, models.BigAutoField)), "Django's key is the id alone"


@pytest.mark.parametrize(("label", "columns"), EXCEPTIONS)
def test_the_exceptions_are_still_there(label: str, columns: tuple[str, ...], owner_connection: psycopg.Connection):
    model = apps.get_model(label)
    found = owner_connection.execute(INDEXES, [model._meta.db_table]).fetchall()
    assert (True, False, list(columns)) in [row[1:4] for row in found]


def test_a_number_without_the_year_would_be_refused(owner_connection: psycopg.Connection):
    """The control."""
    with owner_connection.transaction(force_rollback=True):
        divided(owner_connection, apps.get_model("enrollment.Policy"))
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            owner_connection.execute("CREATE UNIQUE INDEX ON divided (number)")


def test_policies_orders_and_what_is_written_once_are_to_be_divided():
    labels = {model._meta.label for model in KEYED}
    assert {"enrollment.Policy", "enrollment.Order", "work.Change", "enrollment.PolicyEvent"} <= labels
    assert not labels & {"payments.Payment", "people.Person", "ledger.Transaction"}, "their guards hold for ever"
