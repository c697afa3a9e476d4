"""What every table of the house refuses by itself, whoever asks: a program of ours, the admin, or somebody with SQL."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import models

from tests.guards.catalogue import ROOMS
from tests.guards.rows import Rows
from tests.servers import Lease
from work.audit import History
from work.lifecycle import Lifecycle
from work.management.commands.grant_app_role import WRITTEN_FOR_IT, append_only_tables
from work.triggers import fixed_columns

MODELS = [model for model in apps.get_models() if model._meta.app_label in ROOMS]


def table_of(model: type[models.Model]) -> str:
    return model._meta.db_table


def by_table(*names: str) -> list[Any]:
    return [pytest.param(*name.split(" ", 1), id=name) for name in names]


def triggers_of(model: type[models.Model]) -> list[Any]:
    return getattr(model._meta, "triggers", [])


# Who may never change what is written -------------------------------------------------------------------------

APPEND_ONLY = [table for table in append_only_tables() if table.partition("_")[0] in ROOMS]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "right"),
    by_table(
        *(f"{table} no {right}" for table in APPEND_ONLY for right in ("UPDATE", "DELETE", "TRUNCATE")),
        *(f"{table} no INSERT" for table in WRITTEN_FOR_IT),
    ),
)
def test_the_products_own_role_may_not(lease: Lease, table: str, right: str) -> None:
    statement = {
        "no UPDATE": f"UPDATE {table} SET id = id",
        "no DELETE": f"DELETE FROM {table}",
        "no TRUNCATE": f"TRUNCATE {table}",
        "no INSERT": f"INSERT INTO {table} DEFAULT VALUES",
    }[right]
    with psycopg.connect(lease.app_url()) as product:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            product.execute(statement)
        product.rollback()


FIXED = {model._meta.db_table: columns for model, columns in fixed_columns().items()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table", [pytest.param(table, id=f"{table} no UPDATE of what is fixed") for table in sorted(FIXED)]
)
def test_the_products_own_role_may_not_even_try_a_fixed_column(lease: Lease, table: str) -> None:
    with psycopg.connect(lease.app_url()) as product:
        for column in sorted(FIXED[table]):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                product.execute(f"UPDATE {table} SET {column} = {column}")
            product.rollback()


PROTECTED = [
    table_of(model) for model in MODELS if any(trigger.name == "append_only" for trigger in triggers_of(model))
]


@pytest.mark.parametrize("table", [pytest.param(table, id=f"{table}.append_only") for table in PROTECTED])
def test_nor_may_the_owner_of_the_tables(rows: Rows, table: str) -> None:
    rows.without_checks(table)
    written = rows.put(table)
    with pytest.raises(psycopg.errors.RaiseException, match=r"Cannot (update|delete) rows"):
        rows.delete(table, written)
    with pytest.raises(psycopg.errors.RaiseException, match=r"Cannot (update|delete) rows"):
        rows.change(table, written, **{rows.key_name(table): written})


KEPT = [
    pytest.param(table_of(model), id=f"{table_of(model)}.{trigger.name}")
    for model in MODELS
    for trigger in triggers_of(model)
    if trigger.name.endswith("_kept")
]


@pytest.mark.parametrize("table", KEPT)
def test_what_money_or_rights_hang_on_is_never_deleted(rows: Rows, table: str) -> None:
    rows.without_checks(table)
    key = rows.put(table)
    with pytest.raises(psycopg.errors.RaiseException, match="Cannot delete rows"):
        rows.delete(table, key)


# Every change leaves a row of history ------------------------------------------------------------------------

TRACKED = [model for model in MODELS if any(trigger.name == "history" for trigger in triggers_of(model))]


WORDS = {"I": "insert", "U": "update", "D": "delete"}


def every_history() -> list[Any]:
    return [pytest.param(model, id=f"{table_of(model)}.history") for model in TRACKED]


def with_history_only(rows: Rows, table: str) -> None:
    rows.without_checks(table)
    rows.with_triggers(table, "history")


def written_of(rows: Rows, model: type[models.Model]) -> list[str]:
    """What happened to rows of this table, in the order in which it was written down."""
    query = "SELECT operation FROM work_change WHERE relation = %s ORDER BY id"
    return [WORDS[letter] for [letter] in rows.owner.execute(query, [table_of(model)]).fetchall()]


@pytest.mark.parametrize("model", every_history())
def test_a_new_row_leaves_one(rows: Rows, model: type[models.Model]) -> None:
    with_history_only(rows, table_of(model))
    rows.put(table_of(model), guarded=True)
    assert written_of(rows, model) == ["insert"]


@pytest.mark.parametrize("model", every_history())
def test_a_change_leaves_one_and_no_change_leaves_none(rows: Rows, model: type[models.Model]) -> None:
    table = table_of(model)
    with_history_only(rows, table)
    key = rows.put(table)
    [history] = [trigger for trigger in triggers_of(model) if isinstance(trigger, History)]
    kept = {field.column for field in model._meta.fields} - set(history.unwatched)
    times_first = sorted(model._meta.fields, key=lambda field: not isinstance(field, models.DateTimeField))
    column = next(field.column for field in times_first if field.column in kept and is_free_text_or_time(field))
    [value] = rows.owner.execute(f"SELECT {column} FROM {table}").fetchone() or [None]
    rows.change(table, key, **{column: value})
    assert written_of(rows, model) == []
    rows.change(table, key, **{column: "2026-11-21 10:00+08" if not isinstance(value, str) else "x"})
    assert written_of(rows, model) == ["update"]


def is_free_text_or_time(field: models.Field) -> bool:
    return isinstance(field, models.DateTimeField | models.CharField | models.TextField) and not field.unique


@pytest.mark.parametrize("model", every_history())
def test_should_a_row_ever_be_deleted_it_leaves_one(rows: Rows, model: type[models.Model]) -> None:
    """Most of these tables refuse that; whoever gets around the refusal is seen."""
    table = table_of(model)
    with_history_only(rows, table)
    rows.delete(table, rows.put(table))
    assert written_of(rows, model) == ["delete"]


# Lifecycles ----------------------------------------------------------------------------------------------------

ALIVE = [model for model in MODELS if isinstance(getattr(model, "lifecycle", None), Lifecycle)]


def lifecycles(which: str) -> list[Any]:
    return [pytest.param(model, id=f"{table_of(model)}.{model.lifecycle.name}_{which}") for model in ALIVE]


@pytest.mark.parametrize("model", lifecycles("edges"))
def test_no_row_moves_along_an_edge_that_is_not_in_the_table(rows: Rows, model: type[models.Model]) -> None:
    table, lifecycle = table_of(model), model.lifecycle
    rows.without_checks(table)
    rows.with_triggers(table, f"{lifecycle.name}_edges")
    states = list(lifecycle.states.values)
    for old in states:
        with rows.owner.transaction(force_rollback=True):
            key = rows.put(table, **{lifecycle.field: old})
            for new in states:
                if new != old and (old, new) not in lifecycle.edges:
                    with pytest.raises(psycopg.errors.RaiseException, match="Cannot update rows"):
                        rows.change(table, key, **{lifecycle.field: new})
            for new in lifecycle.next_states(old)[:1]:
                rows.change(table, key, **{lifecycle.field: new})


@pytest.mark.parametrize("model", lifecycles("start"))
def test_no_row_begins_in_the_middle(rows: Rows, model: type[models.Model]) -> None:
    table, lifecycle = table_of(model), model.lifecycle
    rows.without_checks(table)
    rows.with_triggers(table, f"{lifecycle.name}_start")
    rows.put(table, guarded=True, **{lifecycle.field: lifecycle.initial})
    for state in set(lifecycle.states.values) - {lifecycle.initial}:
        with pytest.raises(psycopg.errors.RaiseException, match="Cannot insert rows"):
            rows.put(table, guarded=True, **{lifecycle.field: state})


# Counts are never below nothing --------------------------------------------------------------------------------

COUNTS = [
    (table_of(model), field.column)
    for model in MODELS
    for field in model._meta.fields
    if isinstance(field, models.PositiveIntegerField | models.PositiveSmallIntegerField)
]


@pytest.mark.parametrize(
    ("table", "column"),
    [pytest.param(table, column, id=f"{table}.{table}_{column}_check") for table, column in COUNTS],
)
def test_a_count_may_be_0_and_never_less(rows: Rows, table: str, column: str) -> None:
    rows.without_checks(table, but=f"{table}_{column}_check")
    rows.put(table, **{column: 0})
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        rows.put(table, **{column: -1})
    assert refused.value.diag.constraint_name == f"{table}_{column}_check"


# One only ------------------------------------------------------------------------------------------------------

# Of a unique index that holds for some rows only: what makes a row one of them, and what does not.
SOME_ROWS: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
    "one_confirmed_authenticator": ({"confirmed": True}, {"confirmed": False}),
    "one_open_data_request_per_kind": ({"state": "OPEN"}, {"state": "DONE"}),
    "one_live_assignment_per_role": ({"state": "LIVE"}, {"state": "ENDED"}),
    "each_first_officer_once": ({"state": "LIVE"}, {"state": "ENDED"}),
    "one_opt_out_per_phone": ({"ended_at": None}, {"ended_at": "2026-11-20 10:00+08"}),
    "one_resident_per_phone": ({"kind": "RESIDENT", "username": None}, {"kind": "STAFF"}),
    "one_live_claim_per_settlement": ({"held": True}, {"held": False}),
    "one_paper_per_content": ({"removed_at": None}, {"removed_at": "2026-11-20 10:00+08"}),
    "one_live_decision_per_claim": ({"superseded_at": None}, {"superseded_at": "2026-11-20 10:00+08"}),
    "one_open_materials_request": ({"answered_at": None}, {"answered_at": "2026-11-20 10:00+08"}),
    "one_open_payee_change": ({"dropped_at": None}, {"dropped_at": "2026-11-20 10:00+08"}),
    "one_live_payee_per_part": ({"since": "2026-11-20 10:00+08"}, {"since": None}),
    "one_open_payout_proposal": ({"dropped_at": None}, {"dropped_at": "2026-11-20 10:00+08"}),
    "one_payout_per_return": (
        {"confirmed_at": "2026-11-20 10:00+08", "confirmed_by_id": 42},
        {"confirmed_at": None, "confirmed_by_id": None, "dropped_at": "2026-11-20 10:00+08"},
    ),
    "one_open_task_per_key": ({"resolved_at": None}, {"resolved_at": "2026-11-20 10:00+08"}),
    "one_draft_order": ({"state": "draft"}, {"state": "paid"}),
    "one_live_policy_per_person_and_year": ({"state": "issued"}, {"state": "surrendered"}),
    "one_covering_payment_per_obligation": ({"covered": True}, {"covered": False}),
    "one_open_payment_per_obligation": ({"state": "UNKNOWN"}, {"state": "FAILED"}),
    "one_live_transfer_per_obligation": ({"state": "ACCEPTED"}, {"state": "REJECTED"}),
    "payment_channel_transaction_once": ({}, None),
    "refund_channel_number_once": ({}, None),
    "transfer_bank_serial_once": ({}, None),
    "one_person_per_live_number": ({"closed_at": None}, {"closed_at": "2026-11-20 10:00+08"}),
    "one_live_document_of_a_kind": ({"closed_at": None}, {"closed_at": "2026-11-20 10:00+08"}),
    "one_live_state_per_insurance": ({"closed_at": None, "to_on": None}, {"to_on": "2026-11-21"}),
    "one_live_stretch_per_class": ({"closed_at": None, "to_on": None}, {"to_on": "2026-11-21"}),
    "one_kinship_per_pair": ({"state": "proved"}, {"state": "dropped"}),
    # These two hold for all rows; without this the index above would refuse first.
    "decision_version": ({"superseded_at": "2026-11-20 10:00+08"}, None),
    "materials_request_sequence": ({"answered_at": "2026-11-20 10:00+08"}, None),
}


def uniques() -> list[Any]:
    """(table, columns, name in the database or "" where Django gives it)."""
    found = []
    for model in MODELS:
        table = table_of(model)
        for field in model._meta.fields:
            if field.unique and not field.primary_key:
                found.append(pytest.param(table, [field.column], "", id=f"{table}.{table}_{field.column}_key"))
        for one in model._meta.constraints:
            if isinstance(one, models.UniqueConstraint) and (one.condition is None or one.name in SOME_ROWS):
                columns = [model._meta.get_field(name).column for name in one.fields]
                found.append(pytest.param(table, columns, one.name, id=f"{table}.{one.name}"))
    return found


@pytest.mark.parametrize(("table", "columns", "name"), uniques())
def test_a_second_one_is_refused(rows: Rows, table: str, columns: list[str], name: str) -> None:
    inside, outside = SOME_ROWS.get(name, ({}, None))
    rows.without_checks(table)
    same = {column: rows.another(table, column) for column in columns}
    others = [{**same, column: rows.another(table, column)} for column in columns]
    rows.put(table, **inside, **same)
    for other in others:
        rows.put(table, **{**inside, **other})
    with pytest.raises(psycopg.errors.UniqueViolation) as refused:
        rows.put(table, **{**inside, **same})
    assert re.fullmatch(name or f"{table}_{columns[0]}_.*", refused.value.diag.constraint_name or "")
    if outside is not None:
        rows.put(table, **{**outside, **same})
        rows.put(table, **{**outside, **same})
