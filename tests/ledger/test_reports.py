"""The trial balance and the statement of an account: whose money, of which days, as the books stood at which moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from core.actors import Actor, Grant
from core.errors import DomainError
from ledger import fold
from ledger.models import Account
from ledger.selectors import READ, Columns, TrialBalance, Where, choices, trial_balance
from ledger.statement import Extract, Place, Statement
from tests.ledger.books import NOW, SMX, ZZ, claim, premium

AUDITOR = Actor.holding(7, "staff:shenji", READ)
NOVEMBER: dict[str, Any] = {"from_on": date(2026, 11, 1), "to_on": date(2026, 12, 1)}
OCTOBER_20 = datetime(2026, 10, 20, 10, 0, tzinfo=NOW.tzinfo)

pytestmark = pytest.mark.usefixtures("schemes")


def narrowed(**within: str) -> Actor:
    return Actor(7, "staff:shenji", (Grant(frozenset({READ}), {name: frozenset({c}) for name, c in within.items()}),))


def balance(where: Where | None = None, actor: Actor = AUDITOR, **period: Any) -> TrialBalance:
    return trial_balance(actor=actor, where=where or Where(), **(period or NOVEMBER))


def amounts(shown: TrialBalance) -> dict[str, tuple[int, ...]]:
    return {row.account.code: tuple(row.amounts) for row in shown.rows if any(row.amounts)}


class TestTheTrialBalance:
    def test_has_what_was_before_what_moved_and_what_stands(self) -> None:
        premium(10_000, now=OCTOBER_20)
        premium(20_000)
        shown = balance()
        assert amounts(shown) == {
            "asset": (10_000, 0, 20_000, 0, 30_000, 0),
            "asset.clearing": (10_000, 0, 20_000, 0, 30_000, 0),
            "liability": (0, 10_000, 0, 20_000, 0, 30_000),
            "liability.premium": (0, 10_000, 0, 20_000, 0, 30_000),
        }
        assert shown.total == Columns(10_000, 10_000, 20_000, 20_000, 30_000, 30_000)
        assert shown.is_balanced

    def test_lists_the_whole_tree_groups_before_their_accounts(self) -> None:
        codes = [row.account.code for row in balance().rows]
        assert codes[:3] == ["asset", "asset.clearing", "asset.bank"]
        assert len(codes) == Account.objects.count()

    def test_a_group_is_its_accounts_together(self) -> None:
        premium(20_000)
        claim(906_000)
        shown = amounts(balance())
        assert shown["liability"] == (0, 0, 0, 926_000, 0, 926_000)

    def test_of_one_scheme_balances_by_itself(self) -> None:
        premium(20_000)
        premium(8_900, scheme=ZZ)
        shown = balance(Where(scheme=ZZ))
        assert shown.total == Columns(0, 0, 8_900, 8_900, 8_900, 8_900)

    @pytest.mark.parametrize(
        ("where", "fen"),
        [
            (Where(plan_year="smx-2026"), 906_000),
            (Where(insurer="dahe"), 900_000),
            (Where(money_account="smx-wechat"), 0),
        ],
    )
    def test_is_narrowed_by_any_dimension(self, where: Where, fen: int) -> None:
        premium(20_000)
        claim(900_000, insurer="dahe")
        claim(6_000, insurer="hangu")
        assert balance(where).rows[-1].amounts.closing_debit == fen

    def test_of_a_past_moment_is_as_it_was_read_then(self) -> None:
        premium(20_000)
        then = balance(as_of=NOW + timedelta(seconds=1), **NOVEMBER)
        premium(5_000, now=NOW + timedelta(minutes=1), on=date(2026, 11, 21))
        fold.fold()
        assert balance(as_of=NOW + timedelta(seconds=1), **NOVEMBER) == then
        assert balance().total.debit == 25_000

    def test_costs_two_queries_however_much_was_posted(self, django_assert_num_queries: Any) -> None:
        for _ in range(20):
            premium()
        with django_assert_num_queries(2):
            balance(as_of=NOW + timedelta(days=1), **NOVEMBER)

    def test_shows_what_the_readers_grant_reaches(self) -> None:
        premium(20_000)
        premium(8_900, scheme=ZZ)
        claim(906_000, insurer="hangu")
        assert balance(actor=narrowed(scheme=ZZ)).total.debit == 8_900
        assert amounts(balance(actor=narrowed(insurer="hangu"))).keys() == {
            "liability", "liability.claims_payable", "expense", "expense.claims",
        }  # fmt: skip
        assert amounts(balance(actor=narrowed(county="411202"))) == {}
        assert amounts(balance(actor=Actor.holding(8, "staff:xin", "claims.read"))) == {}

    def test_offers_what_occurs_in_the_books(self) -> None:
        premium(20_000)
        claim(906_000, insurer="dahe")
        fold.fold()
        premium(8_900, scheme=ZZ)
        found = choices(actor=AUDITOR)
        assert list(found.schemes) == [SMX, ZZ]
        assert found.plan_years == ["smx-2026", "smx-2027", "zz-2027"]
        assert (list(found.insurers), found.areas) == (["dahe"], [])
        assert found.money_accounts == ["smx-wechat", "zz-wechat"]
        assert list(choices(actor=narrowed(scheme=ZZ)).schemes) == [ZZ]


def extract(code: str = "asset.clearing", scheme: str = SMX, actor: Actor = AUDITOR, **more: Any) -> Extract:
    account = Account.objects.get(code=code)
    return Extract(actor=actor, account=account, where=Where(scheme=scheme), **{**NOVEMBER, **more})


def lines(shown: Statement) -> list[tuple[int, int]]:
    return [(line.entry.amount_fen, line.balance_fen) for line in shown.lines]


class TestTheStatement:
    def test_says_the_balance_after_every_entry(self) -> None:
        premium(10_000, now=OCTOBER_20)
        premium(20_000)
        premium(5_000, now=NOW + timedelta(days=1))
        shown = extract().page()
        assert (shown.brought_forward_fen, lines(shown)) == (10_000, [(20_000, 30_000), (5_000, 35_000)])
        assert (shown.sums.closing_fen, shown.sums.entries, shown.next) == (35_000, 2, None)

    def test_goes_on_where_the_last_page_ended(self) -> None:
        """Seven premiums on two days, three a page: as many lines, each once, in the order of all of them."""
        for number in range(7):
            premium(1_000 * (number + 1), now=NOW + timedelta(hours=4 * number))
        fold.fold()
        place, found = None, []
        for _ in range(3):
            shown = extract().page(place, size=3)
            assert shown.brought_forward_fen == sum(fen for fen, _balance in found)
            found += lines(shown)
            place = Place.read(str(shown.next)) if shown.next else None
        assert place is None
        assert [fen for fen, _balance in found] == [1_000 * (number + 1) for number in range(7)]
        assert [(line.entry.amount_fen, line.balance_fen) for line in extract().lines()] == found

    def test_of_a_past_moment_lacks_what_was_written_later(self) -> None:
        premium(20_000)
        premium(5_000, now=NOW + timedelta(minutes=1), on=date(2026, 11, 21))
        then = extract(as_of=NOW + timedelta(seconds=1)).page()
        assert (lines(then), then.sums.closing_fen) == ([(20_000, 20_000)], 20_000)
        assert lines(extract().page()) == [(5_000, 5_000), (20_000, 25_000)]

    def test_a_page_costs_the_same_wherever_it_is(self, django_assert_max_num_queries: Any) -> None:
        for _ in range(9):
            premium()
        middle = extract().page(size=4).next
        for place in (None, middle):
            one = extract()
            with django_assert_max_num_queries(5):
                one.page(place, size=4)

    def test_a_page_is_read_by_the_index_of_the_accounts_days(self) -> None:
        """No sorting, no reading of other days: what makes the hundred-thousandth page cost what the first one does."""
        premium()
        entries = extract()._entries().filter(booking_date__gt=date(2026, 11, 20))[:51]
        with connection.cursor() as cursor:
            # With a handful of rows any plan is cheap: sorted and read whole only where no index serves.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = entries.explain()
        assert "ledger_statement" in plan
        assert "Sort" not in plan

    def test_is_of_one_schemes_money(self) -> None:
        premium(20_000)
        premium(8_900, scheme=ZZ)
        assert lines(extract(scheme=ZZ).page()) == [(8_900, 8_900)]
        with pytest.raises(DomainError) as refused:
            extract(scheme="")
        assert refused.value.code == "scheme_missing"

    def test_of_a_scheme_out_of_reach_is_empty(self) -> None:
        premium(20_000)
        assert lines(extract(actor=narrowed(scheme=ZZ)).page()) == []

    def test_a_group_has_none(self) -> None:
        with pytest.raises(DomainError) as refused:
            extract("asset")
        assert refused.value.code == "account_is_group"

    @pytest.mark.parametrize("text", ["", "x", "2026-11-22", "2026-11-22.x", "2026-13-01.1"])
    def test_a_place_that_is_none_is_said(self, text: str) -> None:
        with pytest.raises(DomainError) as refused:
            Place.read(text)
        assert refused.value.code == "place_unreadable"
