"""Each of the ledger's own triggers by itself: what it refuses, and that it is this one that refuses."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.guards.rows import Rows, case, only_one_side_fits

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


def entries(
    rows: Rows, transaction: int, *amounts_fen: int, guarded: bool = False, schemes: tuple[str, ...] = ("smx",) * 9
) -> None:
    for amount_fen, scheme in zip(amounts_fen, schemes, strict=False):
        account = rows.put("ledger_account")
        rows.put(
            "ledger_entry", guarded=guarded, transaction_id=transaction, account_id=account, amount_fen=amount_fen,
            scheme_id=scheme,
        )  # fmt: skip


def with_scheme(rows: Rows, *codes: str) -> None:
    for number, code in enumerate(codes):
        named = {"platform_credentials": "NHSA", "message_credentials": "SMS"}
        rows.put("parties_scheme", code=code, kind="commercial", host=f"{number}.example", **named)


def as_at_commit(rows: Rows) -> None:
    rows.owner.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_transaction_that_says_nothing_is_refused(rows: Rows) -> None:
    rows.put("ledger_transaction", guarded=True)
    with pytest.raises(psycopg.errors.CheckViolation, match="has 0 entries"):
        as_at_commit(rows)


def test_one_fen_more_in_an_old_transaction_is_out_of_balance(rows: Rows) -> None:
    with_scheme(rows, "smx")
    old = rows.put("ledger_transaction")
    entries(rows, old, 20_000, -20_000)
    entries(rows, old, 1, guarded=True)
    with pytest.raises(psycopg.errors.CheckViolation, match="out of balance by 1 fen"):
        as_at_commit(rows)


def test_two_that_cancel_out_are_still_not_what_was_posted(rows: Rows) -> None:
    with_scheme(rows, "smx")
    old = rows.put("ledger_transaction")
    entries(rows, old, 20_000, -20_000)
    entries(rows, old, 5_000, -5_000, guarded=True)
    with pytest.raises(psycopg.errors.CheckViolation, match="not those it was posted with"):
        as_at_commit(rows)


def test_what_balances_over_two_schemes_does_not_balance(rows: Rows) -> None:
    """Money of Zhengzhou against a premium of Sanmenxia."""
    with_scheme(rows, "smx", "zz")
    across = rows.put("ledger_transaction")
    entries(rows, across, 20_000, -20_000, guarded=True, schemes=("zz", "smx"))
    with pytest.raises(psycopg.errors.CheckViolation, match=r"out of balance by -20000 fen \(scheme smx\)"):
        as_at_commit(rows)


def test_an_entry_counts_to_the_day_of_its_transaction(rows: Rows) -> None:
    with_scheme(rows, "smx")
    posted = rows.put("ledger_transaction", booking_date="2026-11-20")
    account = rows.put("ledger_account")
    for fen in (20_000, -20_000):
        rows.put(
            "ledger_entry", guarded=True, transaction_id=posted, account_id=account, amount_fen=fen, scheme_id="smx",
            booking_date="2026-11-19",
        )  # fmt: skip
    with pytest.raises(psycopg.errors.CheckViolation, match="counts to another time"):
        as_at_commit(rows)


@pytest.mark.parametrize("dimension", ["plan_year", "insurer", "area", "money_account"])
def test_an_account_that_demands_a_dimension_takes_no_entry_without_it(rows: Rows, dimension: str) -> None:
    with_scheme(rows, "smx")
    rows.put("parties_insurer", code="dahe")
    account = rows.put("ledger_account", **{f"needs_{dimension}": True})
    column = "insurer_id" if dimension == "insurer" else dimension
    nothing = None if dimension == "insurer" else ""
    given = {"transaction_id": rows.put("ledger_transaction"), "account_id": account, "scheme_id": "smx"}
    codes = {"plan_year": "smx-2027", "insurer": "dahe", "area": "411202", "money_account": "smx-wechat"}
    rows.put("ledger_entry", guarded=True, **given, **{column: codes[dimension]})
    with pytest.raises(psycopg.errors.CheckViolation, match="lacks a dimension"):
        rows.put("ledger_entry", guarded=True, **given, **{column: nothing})


def test_a_group_of_accounts_takes_no_entry(rows: Rows) -> None:
    with_scheme(rows, "smx")
    group = rows.put("ledger_account", is_group=True)
    with pytest.raises(psycopg.errors.CheckViolation, match="is a group"):
        rows.put(
            "ledger_entry", guarded=True, transaction_id=rows.put("ledger_transaction"), account_id=group,
            scheme_id="smx",
        )  # fmt: skip


def test_every_entry_is_noted_for_the_kept_balances(rows: Rows) -> None:
    with_scheme(rows, "smx")
    account = rows.put("ledger_account")
    rows.put(
        "ledger_entry", guarded=True, transaction_id=rows.put("ledger_transaction"), account_id=account,
        scheme_id="smx", amount_fen=-20_000, occurred_at="2026-11-20 23:59:59+08",
    )  # fmt: skip
    noted = "SELECT debit_fen, credit_fen, recorded_on::text FROM ledger_unfolded WHERE account_id = %s"
    assert rows.owner.execute(noted, [account]).fetchall() == [(0, 20_000, "2026-11-20")]


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case("ledger_entry.entry_is_not_zero", {"amount_fen": 1}, {"amount_fen": 0}),
        case("ledger_entry.entry_area_is_a_code", {"area": "411202"}, {"area": "4112"}),
        # A minute after midnight in Shanghai it is still yesterday in Greenwich.
        case(
            "ledger_transaction.ledger_not_booked_ahead",
            {"occurred_at": "2026-11-20 00:01+08", "booking_date": "2026-11-20"},
            {"occurred_at": "2026-11-20 00:01+08", "booking_date": "2026-11-21"},
        ),
    ],
)
def test_a_row_that_makes_no_sense(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    only_one_side_fits(rows, constraint, fits, does_not)


def test_a_day_of_an_account_has_one_balance(rows: Rows) -> None:
    """Also where it has no insurer: nothing is the same as nothing here."""
    same = {"account_id": 1, "scheme_id": "smx", "plan_year": "", "insurer_id": None, "area": "", "money_account": "b"}
    rows.put("ledger_balance", **same)
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_balance_a_day"):
        rows.put("ledger_balance", **same)
