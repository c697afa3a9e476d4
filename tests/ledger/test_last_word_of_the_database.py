"""Each of the ledger's own triggers by itself: what it refuses, and that it is this one that refuses."""

from __future__ import annotations

import psycopg
import pytest

from tests.guards.rows import Rows

TABLES = ("ledger_account", "ledger_transaction", "ledger_entry")


@pytest.mark.parametrize("table", [pytest.param(table, id=f"{table}.{table}_append_only") for table in TABLES])
def test_what_is_written_is_not_changed_nor_deleted(rows: Rows, table: str) -> None:
    written = rows.put(table)
    with pytest.raises(psycopg.errors.RestrictViolation, match=f"UPDATE on {table} refused"):
        rows.change(table, written, id=written)
    with pytest.raises(psycopg.errors.RestrictViolation, match=f"DELETE on {table} refused"):
        rows.delete(table, written)


@pytest.mark.parametrize("table", [pytest.param(table, id=f"{table}.{table}_no_truncate") for table in TABLES])
def test_nor_emptied(rows: Rows, table: str) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation, match=f"TRUNCATE on {table} refused"):
        rows.owner.execute(f"TRUNCATE {table} CASCADE")  # type: ignore[call-overload]  # a name of this file


def entries(rows: Rows, transaction: int, *amounts_fen: int, guarded: bool = False) -> None:
    for amount_fen in amounts_fen:
        account = rows.put("ledger_account")
        rows.put("ledger_entry", guarded=guarded, transaction_id=transaction, account_id=account, amount_fen=amount_fen)


def as_at_commit(rows: Rows) -> None:
    rows.owner.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_transaction_that_says_nothing_is_refused(rows: Rows) -> None:
    rows.put("ledger_transaction", guarded=True)
    with pytest.raises(psycopg.errors.CheckViolation, match="has 0 entries"):
        as_at_commit(rows)


def test_one_fen_more_in_an_old_transaction_is_out_of_balance(rows: Rows) -> None:
    old = rows.put("ledger_transaction")
    entries(rows, old, 20_000, -20_000)
    entries(rows, old, 1, guarded=True)
    with pytest.raises(psycopg.errors.CheckViolation, match="out of balance by 1 fen"):
        as_at_commit(rows)


def test_two_that_cancel_out_are_still_not_what_was_posted(rows: Rows) -> None:
    old = rows.put("ledger_transaction")
    entries(rows, old, 20_000, -20_000)
    entries(rows, old, 5_000, -5_000, guarded=True)
    with pytest.raises(psycopg.errors.CheckViolation, match="not those it was posted with"):
        as_at_commit(rows)
