"""The books balance to the fen, an event is booked once, and nothing in them can be changed: not by the application's
own role, not by mistake."""

import threading
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from ledger.actions import Line, post, reverse
from ledger.chart import UnknownAccount
from ledger.models import Account, Entry, Transaction
from ledger.selectors import balance_fen, total_fen, unbalanced_transactions
from tests.guards.rows import Rows, only_one_side_fits

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CLEARING = "asset.clearing.personal_account"
PREMIUM = "liability.premium.smx-2027"


def premium_of_two(reference: str = "PY-2026-0000001") -> Transaction:
    return post(
        kind="premium",
        reference=reference,
        lines=[Line(CLEARING, 20_000), Line(PREMIUM, -20_000)],
        now=NOW,
        plan_year="smx-2027",
    )


@pytest.mark.django_db
def test_a_premium_of_200_yuan_is_a_debit_and_a_credit() -> None:
    premium_of_two()
    assert balance_fen(CLEARING) == 20_000
    assert balance_fen(PREMIUM) == -20_000
    assert total_fen() == 0


@pytest.mark.django_db
def test_the_balance_of_a_past_moment_leaves_out_what_came_at_it_or_later() -> None:
    premium_of_two()
    assert balance_fen(CLEARING, as_of=NOW) == 0
    assert balance_fen(CLEARING, as_of=NOW.replace(second=1)) == 20_000


@pytest.mark.django_db
def test_posting_the_same_event_twice_books_it_once() -> None:
    assert premium_of_two().pk == premium_of_two().pk
    assert balance_fen(CLEARING) == 20_000


@pytest.mark.django_db
def test_the_same_event_with_another_amount_is_a_conflict() -> None:
    premium_of_two()
    with pytest.raises(Conflict) as refusal:
        post(
            kind="premium",
            reference="PY-2026-0000001",
            lines=[Line(CLEARING, 1), Line(PREMIUM, -1)],
            now=NOW,
        )
    assert refusal.value.code == "posted_differently"
    assert balance_fen(CLEARING) == 20_000


@pytest.mark.django_db
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


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lines",
    [
        [],
        [Line(CLEARING, 5)],
        [Line(CLEARING, 5), Line(PREMIUM, -4)],
        [Line(CLEARING, 0), Line(PREMIUM, 0)],
    ],
)
def test_lines_that_do_not_balance_are_refused_before_the_database(
    lines: list[Line],
) -> None:
    with pytest.raises(ValueError, match="sum to 0"):
        post(kind="x", reference="1", lines=lines, now=NOW)


@pytest.mark.django_db
def test_an_account_outside_the_chart_is_a_mistake_not_a_new_account() -> None:
    with pytest.raises(UnknownAccount):
        post(
            kind="x",
            reference="1",
            lines=[Line("asset.bnak", 1), Line(PREMIUM, -1)],
            now=NOW,
        )


def _insert(*amounts_fen: int) -> None:
    """Past the action, straight into the tables, as a careless script would."""
    with transaction.atomic():
        account, _ = Account.objects.get_or_create(code=CLEARING, defaults={"nature": "asset"})
        row = Transaction.objects.create(kind="raw", reference="1", occurred_at=NOW, lines_sha256="")
        Entry.objects.bulk_create([Entry(transaction=row, account=account, amount_fen=a) for a in amounts_fen])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("amounts_fen", [(), (1,), (100, -99), (1, 1)])
def test_the_database_refuses_empty_and_unbalanced_transactions_at_commit(
    amounts_fen: tuple[int, ...],
) -> None:
    with pytest.raises(IntegrityError):
        _insert(*amounts_fen)
    assert Transaction.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_entry_slipped_into_an_old_transaction_is_refused() -> None:
    row = premium_of_two()
    account = Account.objects.get(code=CLEARING)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(transaction=row, account=account, amount_fen=1)
    assert unbalanced_transactions() == []


@pytest.mark.django_db(transaction=True)
def test_two_entries_that_cancel_out_cannot_be_slipped_into_an_old_transaction_either() -> None:
    """It would still balance, and say something else than was posted."""
    row = premium_of_two()
    account = Account.objects.get(code=CLEARING)
    with pytest.raises(IntegrityError, match="not those it was posted with"), transaction.atomic():
        Entry.objects.bulk_create([Entry(transaction=row, account=account, amount_fen=a) for a in (5_000, -5_000)])
    assert row.entries.count() == 2


FORBIDDEN = [
    "UPDATE ledger_entry SET amount_fen = amount_fen * 2",
    "UPDATE ledger_transaction SET narrative = 'x'",
    "UPDATE ledger_account SET code = 'asset.bank.claims'",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry, ledger_transaction, ledger_account CASCADE",
    "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER ledger_entry_append_only ON ledger_entry",
    "SET session_replication_role = replica",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_raw_sql_of_the_applications_role_cannot_change_the_books(
    app_connection: psycopg.Connection, statement: str
) -> None:
    premium_of_two()
    with pytest.raises(psycopg.Error):
        app_connection.execute(statement)  # type: ignore[call-overload]  # a literal of this file
    assert balance_fen(CLEARING) == 20_000


@pytest.mark.parametrize("statement", FORBIDDEN[:5])
def test_even_the_owner_of_the_tables_is_refused_by_the_triggers(
    owner_connection: psycopg.Connection, statement: str
) -> None:
    premium_of_two()
    with pytest.raises(psycopg.Error, match="append-only"):
        owner_connection.execute(statement)  # type: ignore[call-overload]  # a literal of this file


@pytest.mark.django_db(transaction=True)
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


@pytest.mark.django_db
@given(st.lists(st.integers(-(10**12), 10**12).filter(bool), min_size=1, max_size=6).filter(lambda a: sum(a) != 0))
def test_whatever_balances_can_be_posted_and_the_total_stays_zero(
    amounts_fen: list[int],
) -> None:
    with transaction.atomic():
        before = Transaction.objects.count()
        lines = [Line(CLEARING, a) for a in amounts_fen] + [Line(PREMIUM, -sum(amounts_fen))]
        post(kind="property", reference="one", lines=lines, now=NOW)
        assert total_fen() == 0
        assert Transaction.objects.count() == before + 1
        connection.check_constraints()
        transaction.set_rollback(True)


def test_an_entry_of_0_fen_says_nothing_and_is_refused(rows: Rows) -> None:
    only_one_side_fits(rows, "ledger_entry.entry_is_not_zero", {"amount_fen": 1}, {"amount_fen": 0})
