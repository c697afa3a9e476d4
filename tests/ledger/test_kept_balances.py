"""What is kept is what was posted: at every moment, as of every past moment, whoever posts and folds meanwhile."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import fold
from ledger.models import Account, Balance, Entry, Unfolded
from ledger.selectors import balance_fen, kept_differs
from ledger.sums import sums_by_account
from tests.ledger.books import NOW, SMX, ZZ, premium

MIDNIGHT = datetime(2026, 11, 23, tzinfo=NOW.tzinfo)
SECOND = timedelta(seconds=1)


def unchanged(rows: Any) -> Any:
    return rows


@pytest.mark.usefixtures("schemes")
class TestFolding:
    def test_changes_no_balance(self) -> None:
        premium(20_000)
        premium(8_900, scheme=ZZ)
        before = balance_fen("asset"), balance_fen("asset.clearing", scheme=ZZ)
        assert (Unfolded.objects.count(), Balance.objects.count()) == (4, 0)
        assert fold.fold() == 4
        assert (Unfolded.objects.count(), Balance.objects.count()) == (0, 4)
        assert before == (balance_fen("asset"), balance_fen("asset.clearing", scheme=ZZ)) == (28_900, 8_900)

    def test_of_a_day_adds_up(self) -> None:
        for _ in range(3):
            premium(20_000)
            fold.fold()
        kept = Balance.objects.get(account__code="asset.clearing")
        assert (kept.debit_fen, kept.credit_fen, kept.entries) == (60_000, 0, 3)

    def test_goes_in_steps(self) -> None:
        for _ in range(5):
            premium()
        assert fold.fold(at_once=3) == 10
        assert kept_differs() == []

    def test_with_nothing_to_do_is_one_statement(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            assert fold.fold() == 0


@pytest.mark.usefixtures("schemes")
class TestAPastMoment:
    def test_is_before_what_happens_at_it(self) -> None:
        premium(20_000, now=NOW)
        premium(5_000, now=NOW + SECOND)
        assert [balance_fen("asset", as_of=NOW + n * SECOND) for n in range(3)] == [0, 20_000, 25_000]

    def test_does_not_know_what_was_booked_to_its_day_later(self) -> None:
        """WeChat took it at 23:59; we heard of it a minute after midnight: it counts to the 22nd, and the books of the
        22nd did not have it at midnight."""
        premium(20_000, now=MIDNIGHT + timedelta(minutes=1), on=date(2026, 11, 22))
        fold.fold()
        assert (balance_fen("asset", as_of=MIDNIGHT), balance_fen("asset")) == (0, 20_000)
        of_the_22nd = sums_by_account(unchanged, to_on=date(2026, 11, 23))
        assert sum(one.closing_fen for one in of_the_22nd.values() if one.closing_fen > 0) == 20_000

    def test_reads_no_entry_but_those_of_its_own_day(self) -> None:
        premium()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            balance_fen("asset")
        assert len(asked) == 1
        assert "ledger_entry" not in asked.captured_queries[0]["sql"]


# Transactions at some second of three days, some booked to the day before; folded now and then.
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 3 * 86_400 - 1), st.integers(1, 10**9), st.booleans(), st.sampled_from([SMX, ZZ]), st.booleans()
    ),
    max_size=12,
)


@pytest.mark.usefixtures("schemes")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, moments=st.lists(st.integers(0, 3 * 86_400), min_size=1, max_size=4), data=st.data())
def test_kept_is_posted_as_of_any_moment_and_for_any_days(
    events: list[tuple[int, int, bool, str, bool]], moments: list[int], data: st.DataObject
) -> None:
    begin = datetime(2026, 11, 20, tzinfo=NOW.tzinfo)
    with transaction.atomic():
        for second, fen, day_before, scheme, folds in events:
            now = begin + timedelta(seconds=second)
            premium(fen, scheme=scheme, now=now, on=now.date() - timedelta(days=1) if day_before else None)
            if folds:
                fold.fold()
        for moment in [begin + timedelta(seconds=second) for second in moments]:
            from_on = date(2026, 11, 19) + timedelta(days=data.draw(st.integers(0, 4)))
            to_on = from_on + timedelta(days=data.draw(st.integers(1, 3)))
            assert kept(moment, from_on, to_on) == posted(moment, from_on, to_on)
        assert kept_differs() == []
        transaction.set_rollback(True)


def kept(as_of: datetime, from_on: date, to_on: date) -> dict[int, tuple[int, ...]]:
    found = sums_by_account(unchanged, from_on=from_on, to_on=to_on, as_of=as_of)
    sums = {pk: (one.opening_fen, one.debit_fen, one.credit_fen, one.entries) for pk, one in found.items()}
    return {pk: one for pk, one in sums.items() if any(one)}


def posted(as_of: datetime, from_on: date, to_on: date) -> dict[int, tuple[int, ...]]:
    """The same, entry by entry."""
    found: dict[int, tuple[int, ...]] = {}
    for entry in Entry.objects.filter(occurred_at__lt=as_of, booking_date__lt=to_on):
        opening, debit, credit, count = found.get(entry.account_id, (0, 0, 0, 0))
        if entry.booking_date < from_on:
            opening += entry.amount_fen
        else:
            debit, credit = debit + max(entry.amount_fen, 0), credit + max(-entry.amount_fen, 0)
            count += 1
        found[entry.account_id] = (opening, debit, credit, count)
    return {pk: one for pk, one in found.items() if any(one)}


@pytest.mark.usefixtures("schemes_for_all")
def test_while_many_post_and_two_fold_every_reader_sees_a_book_that_balances() -> None:
    """Four clerks post 20 premiums each, two processes fold without pause; whoever reads meanwhile sees debits equal
    credits, and a sum of whole premiums."""
    go_on, seen, folded = threading.Event(), [], []
    clearing = Account.objects.get(code="asset.clearing").pk

    def clerk() -> None:
        for _ in range(20):
            premium(10_000)

    def folds() -> None:
        while not go_on.is_set():
            folded.append(fold.fold(at_once=7))

    def reads() -> None:
        while not go_on.is_set():
            sums = sums_by_account(unchanged)
            seen.append((sum(one.closing_fen for one in sums.values()), sums[clearing].closing_fen if sums else 0))

    clerks = [_thread(clerk) for _ in range(4)]
    others = [_thread(folds), _thread(folds), _thread(reads), _thread(reads)]
    for thread in clerks:
        thread.join()
    go_on.set()
    for thread in others:
        thread.join()
    assert {total for total, _clearing in seen} == {0}
    amounts = [clearing_fen for _total, clearing_fen in seen]
    assert all(fen % 10_000 == 0 for fen in amounts)
    fold.fold()
    assert balance_fen("asset.clearing") == Entry.objects.filter(account=clearing).aggregate(s=Sum("amount_fen"))["s"]
    assert balance_fen("asset.clearing") == 800_000
    assert kept_differs() == []
    assert sum(folded) > 0


@pytest.mark.usefixtures("schemes_for_all")
def test_nobody_who_posts_waits_for_another_or_for_a_fold() -> None:
    """One has posted and not committed, another has folded and not committed; a third posts at once all the same."""
    posted, may_end, done = threading.Barrier(3), threading.Event(), []

    def holds(act: Any) -> None:
        with transaction.atomic():
            act()
            posted.wait(20)
            may_end.wait(20)

    premium()
    first = _thread(lambda: holds(premium))
    second = _thread(lambda: holds(fold.fold))
    posted.wait(20)

    def third() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            premium()
        done.append(True)

    _thread(third).join()
    may_end.set()
    first.join()
    second.join()
    assert done == [True]
    assert kept_differs() == []


def _thread(act: Any) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
