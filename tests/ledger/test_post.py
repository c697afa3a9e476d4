"""The books balance to the fen, an event is booked once, and nothing in them can be changed: not by the application's
own role, not by mistake."""

import threading
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from ledger.actions import Line, post, reverse
from ledger.chart import UnknownAccount
from ledger.models import Account, Entry, Transaction
from ledger.selectors import balance_fen, kept_differs, total_fen, unbalanced_transactions
from tests.ledger.books import NOW, SMX, ZZ, of_a_premium, premium, two_schemes

CLEARING, PREMIUM = "asset.clearing", "liability.premium"


def premium_of_two(reference: str = "PY-2026-0000001") -> Transaction:
    return premium(20_000, reference=reference)


@pytest.mark.usefixtures("schemes")
def test_a_premium_of_200_yuan_is_a_debit_and_a_credit() -> None:
    premium_of_two()
    assert balance_fen(CLEARING) == 20_000
    assert balance_fen(PREMIUM) == -20_000
    assert total_fen() == 0


@pytest.mark.usefixtures("schemes")
def test_the_balance_of_a_past_moment_leaves_out_what_came_at_it_or_later() -> None:
    premium_of_two()
    assert balance_fen(CLEARING, as_of=NOW) == 0
    assert balance_fen(CLEARING, as_of=NOW.replace(second=1)) == 20_000


@pytest.mark.usefixtures("schemes")
def test_posting_the_same_event_twice_books_it_once() -> None:
    assert premium_of_two().pk == premium_of_two().pk
    assert balance_fen(CLEARING) == 20_000


@pytest.mark.usefixtures("schemes")
@pytest.mark.parametrize(
    "otherwise",
    [of_a_premium(1), of_a_premium(20_000, scheme=ZZ), of_a_premium(20_000, plan_year="smx-2026")],
    ids=["another amount", "another scheme", "another plan year"],
)
def test_the_same_event_with_other_lines_is_a_conflict(otherwise: list[Line]) -> None:
    premium_of_two()
    with pytest.raises(Conflict) as refusal:
        post(kind="payment", reference="PY-2026-0000001", lines=otherwise, now=NOW)
    assert refusal.value.code == "posted_differently"
    assert balance_fen(CLEARING) == 20_000


@pytest.mark.usefixtures("schemes")
def test_a_reversal_is_the_mirror_and_happens_once() -> None:
    original = premium_of_two()
    for _attempt in range(2):
        reverse(
            original=original,
            kind="refund",
            reference="RF-2026-0000001",
            now=NOW,
            reason="surrendered before cover",
        )
    assert balance_fen(CLEARING) == 0
    assert balance_fen(PREMIUM) == 0
    assert Transaction.objects.count() == 2


@pytest.mark.usefixtures("schemes")
@pytest.mark.parametrize(
    "lines",
    [
        [],
        of_a_premium(5)[:1],
        [of_a_premium(5)[0], of_a_premium(4)[1]],
        of_a_premium(0),
        [of_a_premium(5)[0], of_a_premium(5, scheme=ZZ)[1]],
    ],
)
def test_lines_that_do_not_balance_are_refused_before_the_database(
    lines: list[Line],
) -> None:
    with pytest.raises(ValueError, match="sum to 0"):
        post(kind="x", reference="1", lines=lines, now=NOW)


@pytest.mark.usefixtures("schemes")
def test_an_account_outside_the_chart_is_a_mistake_not_a_new_account() -> None:
    with pytest.raises(UnknownAccount):
        post(
            kind="x",
            reference="1",
            lines=[Line("asset.bnak", 1, SMX), of_a_premium(1)[1]],
            now=NOW,
        )


@pytest.mark.usefixtures("schemes")
def test_posting_is_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        premium_of_two()


@pytest.mark.usefixtures("schemes")
def test_a_line_without_what_its_account_demands_is_refused_before_the_database() -> None:
    lines = [Line(CLEARING, 5, SMX), of_a_premium(5)[1]]
    with pytest.raises(ValueError, match=r"asset\.clearing needs money_account"):
        post(kind="x", reference="1", lines=lines, now=NOW)


def _insert(*amounts_fen: int) -> None:
    """Past the action, straight into the tables, as a careless script would."""
    with transaction.atomic():
        row = Transaction.objects.create(
            kind="raw", reference="1", occurred_at=NOW, booking_date=NOW.date(), lines_sha256=""
        )
        Entry.objects.bulk_create([entry_of(row, a) for a in amounts_fen])


def entry_of(row: Transaction, amount_fen: int) -> Entry:
    return Entry(
        transaction=row, account=Account.objects.get(code=CLEARING), amount_fen=amount_fen, scheme_id=SMX,
        money_account="smx-wechat", occurred_at=row.occurred_at, booking_date=row.booking_date,
    )  # fmt: skip


@pytest.mark.usefixtures("schemes_for_all")
@pytest.mark.parametrize("amounts_fen", [(), (1,), (100, -99), (1, 1)])
def test_the_database_refuses_empty_and_unbalanced_transactions_at_commit(
    amounts_fen: tuple[int, ...],
) -> None:
    with pytest.raises(IntegrityError):
        _insert(*amounts_fen)
    assert Transaction.objects.count() == 0


@pytest.mark.usefixtures("schemes_for_all")
def test_an_entry_slipped_into_an_old_transaction_is_refused() -> None:
    row = premium_of_two()
    with pytest.raises(IntegrityError), transaction.atomic():
        entry_of(row, 1).save()
    assert unbalanced_transactions() == []


@pytest.mark.usefixtures("schemes_for_all")
def test_two_entries_that_cancel_out_cannot_be_slipped_into_an_old_transaction_either() -> None:
    """It would still balance, and say something else than was posted."""
    row = premium_of_two()
    with pytest.raises(IntegrityError, match="not those it was posted with"), transaction.atomic():
        Entry.objects.bulk_create([entry_of(row, a) for a in (5_000, -5_000)])
    assert row.entries.count() == 2


FORBIDDEN = [
    "UPDATE ledger_entry SET amount_fen = amount_fen * 2",
    "UPDATE ledger_transaction SET narrative = 'x'",
    "UPDATE ledger_account SET code = 'asset.bank.claims'",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry, ledger_transaction, ledger_account CASCADE",
    "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER ledger_entry_append_only ON ledger_entry",
    "UPDATE ledger_balance SET debit_fen = 0",
    "DELETE FROM ledger_unfolded",
    "INSERT INTO ledger_account (code, nature) VALUES ('asset.mine', 'asset')",
    "SET session_replication_role = replica",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_raw_sql_of_the_applications_role_cannot_change_the_books(
    app_connection: psycopg.Connection, statement: str
) -> None:
    two_schemes()
    premium_of_two()
    with pytest.raises(psycopg.Error):
        app_connection.execute(statement)  # type: ignore[call-overload]  # a literal of this file
    assert balance_fen(CLEARING) == 20_000


@pytest.mark.parametrize("statement", FORBIDDEN[:5])
def test_even_the_owner_of_the_tables_is_refused_by_the_triggers(
    owner_connection: psycopg.Connection, statement: str
) -> None:
    two_schemes()
    premium_of_two()
    with pytest.raises(psycopg.Error, match="append-only"):
        owner_connection.execute(statement)  # type: ignore[call-overload]  # a literal of this file


@pytest.mark.usefixtures("schemes_for_all")
def test_two_workers_posting_one_event_at_once_book_it_once() -> None:
    start = threading.Barrier(2)
    found: list[int] = []

    def worker() -> None:
        start.wait()
        try:
            with transaction.atomic():
                found.append(premium_of_two().pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert balance_fen(CLEARING) == 20_000


@pytest.mark.usefixtures("schemes")
@given(st.lists(st.integers(-(10**12), 10**12).filter(bool), min_size=1, max_size=6).filter(lambda a: sum(a) != 0))
def test_whatever_balances_can_be_posted_and_the_total_stays_zero(
    amounts_fen: list[int],
) -> None:
    with transaction.atomic():
        before = Transaction.objects.count()
        lines = [of_a_premium(a)[0] for a in amounts_fen] + [of_a_premium(sum(amounts_fen))[1]]
        post(kind="property", reference="one", lines=lines, now=NOW)
        assert total_fen() == 0
        assert kept_differs() == []
        assert Transaction.objects.count() == before + 1
        connection.check_constraints()
        transaction.set_rollback(True)
