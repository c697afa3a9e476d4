"""Finance reads the books at the desk and takes them along as workbooks; everybody else finds the door shut."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.roles import Role
from core.actors import Actor, Grant
from ledger import workbooks
from ledger.actions import post
from ledger.models import Account, Transaction
from ledger.selectors import READ
from tests.accounts.people import signed_in, staff
from tests.ledger.books import NOW, SMX, ZZ, claim, of_a_premium, premium

pytestmark = pytest.mark.usefixtures("schemes")

NOVEMBER = {"from_on": "2026-11-01", "until": "2026-11-30"}


@pytest.fixture
def finance() -> Client:
    browser = signed_in(staff("caiwu", Role.FINANCE))
    browser.cookies["look"] = "auto.normal.en"
    return browser


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def sheet_of(answer: Any) -> list[list[Any]]:
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def file_of(answer: Any) -> str:
    return unquote(answer["Content-Disposition"]).rpartition("''")[2] or answer["Content-Disposition"]


def statement_of(code: str) -> str:
    return reverse("admin:ledger_account_change", args=[Account.objects.get(code=code).pk])


class TestTheTrialBalance:
    def test_stands_on_a_page(self, finance: Client) -> None:
        premium(20_000)
        claim(906_000)
        shown = text_of(finance.get(reverse("admin:ledger_account_changelist"), NOVEMBER))
        assert "Debits equal credits" in shown
        assert "Held by payment channels asset.clearing – – 200.00 – 200.00 –" in shown
        assert "Total 0.00 0.00 9,260.00 9,260.00 9,260.00 9,260.00" in shown

    def test_is_narrowed_by_what_is_asked(self, finance: Client) -> None:
        premium(20_000)
        premium(8_900, scheme=ZZ)
        asked = {**NOVEMBER, "scheme": ZZ}
        assert "Total 0.00 0.00 89.00 89.00 89.00 89.00" in text_of(
            finance.get(reverse("admin:ledger_account_changelist"), asked)
        )

    def test_of_a_past_moment(self, finance: Client) -> None:
        premium(20_000, now=NOW)
        asked = {**NOVEMBER, "as_of": "2026-11-22T10:00:00"}
        assert "Total 0.00 0.00 0.00" in text_of(finance.get(reverse("admin:ledger_account_changelist"), asked))

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            ({"from_on": "yesterday"}, "Enter a valid date."),
            ({"scheme": "luoyang"}, "Select a valid choice."),
            ({"from_on": "2026-12-02", "until": "2026-12-01"}, "The period ends before it begins."),
        ],
    )
    def test_says_what_cannot_be_read(self, finance: Client, asked: dict[str, str], said: str) -> None:
        assert said in text_of(finance.get(reverse("admin:ledger_account_changelist"), asked))

    def test_answers_nothing_that_it_does_not_ask(self, finance: Client) -> None:
        assert finance.get(reverse("admin:ledger_account_changelist"), {"code__startswith": "a"}).status_code == 400

    def test_is_a_workbook_with_numbers_in_yuan(self, finance: Client) -> None:
        premium(1_864_007)
        answer = finance.get(reverse("admin:ledger_trial_balance"), NOVEMBER)
        rows = sheet_of(answer)
        assert file_of(answer) == "Trial balance 2026-11-01 – 2026-11-30.xlsx"
        assert "Booking dates: 2026-11-01 – 2026-11-30" in [row[0] for row in rows]
        clearing = next(row for row in rows if row[1] == "asset.clearing")
        assert clearing[2:] == [0, 0, 18_640.07, 0, 18_640.07, 0]
        assert rows[-1][0] == "Total"

    def test_is_in_chinese_for_who_reads_chinese(self, finance: Client) -> None:
        premium()
        finance.cookies["look"] = "auto.normal.zh-hans"
        answer = finance.get(reverse("admin:ledger_trial_balance"), NOVEMBER)
        assert file_of(answer) == "试算平衡表 2026-11-01 – 2026-11-30.xlsx"
        assert "科目" in [row[0] for row in sheet_of(answer)]


class TestTheStatement:
    def test_has_every_entry_with_the_balance_after_it(self, finance: Client) -> None:
        premium(20_000, reference="PY-2026-0000001")
        premium(10_000, reference="PY-2026-0000002")
        shown = text_of(finance.get(statement_of("asset.clearing"), {**NOVEMBER, "scheme": SMX}))
        assert "Opening balance 0.00" in shown
        assert re.search(r"PY-2026-0000002 Payment smx-wechat 100\.00 300\.00", shown)
        assert "Closing balance 300.00 0.00 300.00" in shown

    def test_of_the_only_scheme_needs_no_choice(self, finance: Client) -> None:
        premium(20_000)
        assert "Closing balance 200.00" in text_of(finance.get(statement_of("asset.clearing"), NOVEMBER))

    def test_of_several_schemes_asks_which(self, finance: Client) -> None:
        premium(20_000)
        premium(8_900, scheme=ZZ)
        shown = text_of(finance.get(statement_of("asset.clearing"), NOVEMBER))
        assert "Please choose the scheme whose money it is." in shown

    def test_goes_on_to_the_next_page(self, finance: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        for number in range(60):
            premium(100, reference=f"PY-2026-{number:07d}")
        first = finance.get(statement_of("asset.clearing"), NOVEMBER)
        assert "60 lines in the period." in text_of(first)
        following = re.search(r'href="(\?[^"]*after=[^"]+)"', first.content.decode())
        assert following is not None
        second = text_of(finance.get(statement_of("asset.clearing") + following[1].replace("&amp;", "&")))
        assert "Brought forward 50.00" in second
        assert "Closing balance 60.00" in second

    def test_is_a_workbook(self, finance: Client) -> None:
        premium(20_000, reference="PY-2026-0000001")
        premium(10_007, reference="PY-2026-0000002")
        url = reverse("admin:ledger_statement", args=[Account.objects.get(code="asset.clearing").pk])
        answer = finance.get(url, NOVEMBER)
        rows = sheet_of(answer)
        assert file_of(answer) == "Held by payment channels 2026-11-01 – 2026-11-30.xlsx"
        assert [row[9:] for row in rows[-4:]] == [
            ["", "", 0], [200, "", 200], [100.07, "", 300.07], [300.07, 0, 300.07],
        ]  # fmt: skip
        assert (rows[-2][0], rows[-2][3], rows[-2][8]) == (NOW.date(), "PY-2026-0000002", "smx-wechat")

    def test_writes_what_looks_like_a_formula_as_text(self, finance: Client) -> None:
        post(kind="x", reference="=1+1", narrative="=HYPERLINK(1)", lines=of_a_premium(5), now=NOW)
        url = reverse("admin:ledger_statement", args=[Account.objects.get(code="asset.clearing").pk])
        row = sheet_of(finance.get(url, NOVEMBER))[-2]
        assert row[3:5] == ["=1+1", "=HYPERLINK(1)"]

    def test_too_long_a_workbook_is_asked_for_in_parts(self, finance: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workbooks, "MOST_LINES", 1)
        premium()
        premium()
        url = reverse("admin:ledger_statement", args=[Account.objects.get(code="asset.clearing").pk])
        answer = finance.get(url, NOVEMBER)
        assert answer.status_code == 400
        assert "Please ask for a shorter period." in answer.content.decode()


def test_a_transaction_shows_whose_money_each_entry_is(finance: Client) -> None:
    row = premium(10_000, reference="PY-2026-0000009")
    assert "100.00" in finance.get(reverse("admin:ledger_transaction_changelist")).content.decode()
    shown = finance.get(reverse("admin:ledger_transaction_change", args=[row.pk])).content.decode()
    assert "liability.premium" in shown and "smx-2027" in shown and "smx-wechat" in shown
    assert finance.get(reverse("admin:ledger_transaction_add")).status_code == 403
    assert finance.post(reverse("admin:ledger_transaction_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_an_auditor_of_one_scheme_finds_its_transactions_only() -> None:
    premium(20_000)
    own = premium(8_900, scheme=ZZ)
    request = RequestFactory().get("/")
    zz = Grant(frozenset({READ}), {"scheme": frozenset({ZZ})})
    request.actor = Actor(7, "staff:shenji", (zz,))  # type: ignore[attr-defined]  # as the sign-in middleware does
    assert list(admin.site._registry[Transaction].get_queryset(request)) == [own]


def test_the_books_are_not_for_reviewers() -> None:
    zhou = signed_in(staff("zhoumin", "claims_reviewer"))
    premium()
    for address in (
        reverse("admin:ledger_account_changelist"), statement_of("asset.clearing"),
        reverse("admin:ledger_trial_balance"),
    ):  # fmt: skip
        assert zhou.get(address).status_code == 403
