"""Each index costs every row that is written: none says what another one says already, and a foreign key goes without
one only towards rows that are never deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from pgtrigger import registered

from accounts.models import User
from core import clock
from core.admin import StaffAdmin
from core.checks import lists_read_no_table_from_end_to_end
from core.long_lists import ValuesInUse, values_in_use
from messaging.models import SmsMessage
from tests.guards.catalogue import ROOMS
from work.models import AppendOnly

pytestmark = pytest.mark.django_db

WHOLE = """
    SELECT t.relname, i.relname, indisunique, array(
        SELECT attname::text FROM unnest(indkey::smallint[]) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute ON attrelid = indrelid AND attnum = k.number ORDER BY place
    )
    FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid JOIN pg_class AS t ON t.oid = indrelid
    WHERE t.relnamespace = 'public'::regnamespace AND indpred IS NULL AND indexprs IS NULL
"""
POINTERS = """
    SELECT c.relname, a.attname, p.relname
    FROM pg_constraint JOIN pg_class AS c ON c.oid = conrelid JOIN pg_class AS p ON p.oid = confrelid
        JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = conkey[1]
    WHERE contype = 'f' AND c.relnamespace = 'public'::regnamespace
"""


# A few dozen or hundred rows, written once a year.
SMALL = {
    "people_residence", "products_filedlist", "products_listitem", "products_listversion", "products_openway",
    "products_plandocument", "products_planyear", "products_poolshare",
}  # fmt: skip


def ask(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def whole_indexes() -> Iterator[tuple[str, str, bool, tuple[str, ...]]]:
    """Of our own tables, those over all rows: (table, index, unique, columns)."""
    for table, index, unique, columns in ask(WHOLE):
        if table.startswith(tuple(f"{room}_" for room in ROOMS)):
            yield table, index, unique, tuple(columns)


def test_no_index_is_the_beginning_of_another():
    of_table = defaultdict(list)
    for table, index, unique, columns in whole_indexes():
        of_table[table].append((index, unique, columns))
    spare = [
        f"{table}.{index}: {other} begins with the same"
        for table, indexes in of_table.items()
        if table not in SMALL
        for index, unique, columns in indexes
        for other, _unique, longer in indexes
        if not unique and other != index and longer[: len(columns)] == columns and (longer != columns or index > other)
    ]
    assert spare == []


def test_text_columns_have_no_second_index_for_like():
    assert [index for _table, index, _unique, _columns in whole_indexes() if index.endswith("_like")] == []


def kept_for_ever() -> set[str]:
    """Tables from which no row is ever deleted, by a guard of theirs; and accounts, which are emptied and closed."""
    guarded = {model._meta.db_table for model, trigger in registered() if " kept" in _reason(trigger)}
    append_only = {model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)}
    return guarded | append_only | {User._meta.db_table}


def _reason(trigger: object) -> str:
    return str(getattr(trigger, "execute", ""))


def test_a_pointer_goes_without_an_index_only_to_rows_that_stay():
    """Deleting a row makes PostgreSQL look for those that point to it; without an index it reads their whole table."""
    led = {(table, columns[0]) for table, _index, _unique, columns in whole_indexes() if columns}
    stays = kept_for_ever()
    dear = [
        f"{table}.{column} -> {target}"
        for table, column, target in ask(POINTERS)
        if table.startswith(tuple(f"{room}_" for room in ROOMS)) and (table, column) not in led and target not in stays
    ]
    assert dear == []


def test_the_values_of_a_filter_are_those_that_stand_in_the_column():
    assert values_in_use(SmsMessage, "template") == []
    for number, template in enumerate(["policies_issued", "login_code", "policies_issued"]):
        SmsMessage.objects.create(
            key=str(number), template=template, to_phone="13900001001", segments=1, created_at=clock.now()
        )
    assert values_in_use(SmsMessage, "template") == ["login_code", "policies_issued"]


class Narrowed(StaffAdmin):
    list_filter = ["username"]
    search_fields = ["closed_at"]
    ordering = ["sessions_since"]


def test_a_list_that_would_read_its_whole_table_does_not_start(monkeypatch: pytest.MonkeyPatch):
    """The control."""
    assert lists_read_no_table_from_end_to_end(None) == []
    monkeypatch.setitem(admin.site._registry, User, Narrowed(User, admin.site))
    said = [error.msg.rpartition(": ")[2] for error in lists_read_no_table_from_end_to_end(None)]
    assert said == ["sorted by sessions_since", "searched by closed_at", "name ValuesInUse"]
    monkeypatch.setattr(Narrowed, "list_filter", [("closed_at", ValuesInUse), "created_at", "is_active"])
    monkeypatch.setattr(Narrowed, "search_fields", [])
    monkeypatch.setattr(Narrowed, "ordering", ["-pk"])
    assert lists_read_no_table_from_end_to_end(None) == []
