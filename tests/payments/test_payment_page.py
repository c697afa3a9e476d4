"""What the payer reads: how it stands, what comes next, never a reason to pay twice. Works without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from accounts.models import User
from core import clock
from payments.actions import close_payment
from payments.models import Payment
from payments.selectors import payment_page
from payments.shown import money_version
from tests.accounts.people import resident, signed_in, staff
from tests.forms import hidden_fields
from tests.payments.till import CLERK, LI, Till


@pytest.fixture
def li(till: Till) -> User:
    return resident()


def opened(user: User, payment: Payment) -> HttpResponse:
    with translation.override("en"):
        client = signed_in(user)
        return client.get(f"/pay/{payment.number}/", headers={"Accept-Language": "en"})  # type: ignore[return-value]  # the test client's own response


def says(response: HttpResponse, *texts: str) -> None:
    content = response.content.decode()
    for text in texts:
        assert text in content, text


def test_a_payment_that_is_being_sent_asks_for_patience_and_renews_itself(till: Till, li: User) -> None:
    page = opened(li, till.pay_from_account(user=li))
    assert page.status_code == 200
    says(page, 'http-equiv="refresh"', "<noscript>", "hx-get", "200.00")
    assert "no-store" in page["Cache-Control"]


def test_the_part_that_renews_itself_is_sent_only_when_it_changed(till: Till, li: User) -> None:
    payment = till.pay_from_account(user=li)
    client = signed_in(li)
    seen = client.get(f"/pay/{payment.number}/").context["page"].mark
    address, by_htmx = f"/pay/{payment.number}/?seen={seen}", {"HX-Request": "true"}
    assert client.get(address, headers=by_htmx).status_code == 204
    till.work()
    assert client.get(address, headers=by_htmx).status_code == 200


def test_paid_shows_the_amount_and_the_way_back_and_stops_renewing(till: Till, li: User) -> None:
    payment = till.pay_from_account(user=li)
    till.work()
    page = opened(li, payment)
    says(page, "200.00", payment.number, "/enrol/order-1/")
    assert "hx-get" not in page.content.decode()
    assert "refresh" not in page.content.decode()


def test_the_cashier_is_one_link_away_and_knows_the_way_back(open_till: Till, li: User) -> None:
    payment = open_till.pay_by_wechat(user=li)
    open_till.work()
    page = opened(li, payment)
    says(page, f"/pay/{payment.number}/cashier/")
    onward = signed_in(li).get(f"/pay/{payment.number}/cashier/")
    assert onward.status_code == 302
    target = urlsplit(onward["Location"])
    assert f"{target.scheme}://{target.netloc}" == open_till.sandbox.base_url
    [back] = parse_qs(target.query)["redirect_url"]
    assert urlsplit(back).path == f"/pay/{payment.number}/"


def test_after_the_cashiers_minutes_a_button_opens_it_anew(
    open_till: Till, li: User, later: Callable[..., None]
) -> None:
    payment = open_till.pay_by_wechat(user=li)
    open_till.work()
    later(minutes=5)
    client = signed_in(li)
    page = client.get(f"/pay/{payment.number}/").content.decode()
    assert '<form method="post"' in page
    assert client.get(f"/pay/{payment.number}/cashier/")["Location"] == f"/pay/{payment.number}/"
    assert client.post(f"/pay/{payment.number}/cashier/", hidden_fields(page)).status_code == 302
    open_till.work()
    assert client.get(f"/pay/{payment.number}/cashier/")["Location"].startswith(open_till.sandbox.base_url)


def test_too_little_money_is_said_in_words_that_help(till: Till, li: User) -> None:
    till.sandbox.put_person(psn_no=LI, balance_fen=4_200)
    payment = till.pay_from_account(user=li)
    till.work()
    payment.refresh_from_db()
    with translation.override("en"):
        page = payment_page(payment, now=clock.now())
    assert page.title == "Not paid"
    assert page.text == "Your personal account does not hold enough money. Nothing was taken."
    assert not page.is_waiting


def test_not_knowing_is_said_as_it_is(till: Till, li: User) -> None:
    till.sandbox.fault("nhsa", "deduct", "drop_reply")
    payment = till.pay_from_account(user=li)
    till.work()
    payment.refresh_from_db()
    with translation.override("en"):
        page = payment_page(payment, now=clock.now())
    assert "do not pay a second time" in page.text
    assert page.is_waiting


def test_closed_says_that_nothing_was_taken(till: Till, li: User) -> None:
    payment = till.pay_by_wechat(user=li)
    closed = close_payment(payment=payment, actor=CLERK, now=clock.now())
    with translation.override("en"):
        page = payment_page(closed, now=clock.now())
    assert (page.title, page.is_waiting) == ("Closed without payment", False)
    assert "before anything was paid" in page.text


def test_refunds_are_listed_with_their_amounts(till: Till, li: User) -> None:
    payment = till.pay_from_account(user=li)
    till.work()
    till.refund(payment, 5_000)
    till.work()
    payment.refresh_from_db()
    says(opened(li, payment), "50.00", "200.00")


def test_a_stranger_and_a_wrong_number_look_the_same(till: Till, li: User) -> None:
    payment = till.pay_from_account(user=li)
    zhao = signed_in(resident("13900001005", "赵国强"))
    stranger, nothing = zhao.get(f"/pay/{payment.number}/"), zhao.get("/pay/PY-2026-9999999/")
    assert (stranger.status_code, nothing.status_code) == (404, 404)
    assert zhao.get(f"/pay/{payment.number}/cashier/").status_code == 404
    assert zhao.post(f"/pay/{payment.number}/cashier/").status_code == 404


def test_signed_out_is_asked_to_sign_in(till: Till, li: User) -> None:
    payment = till.pay_from_account(user=li)
    response = Client().get(f"/pay/{payment.number}/")
    assert response.status_code == 302
    assert payment.number in response["Location"]


def test_a_payment_nobody_signed_in_for_is_nobodys(till: Till, li: User) -> None:
    assert opened(li, till.pay_from_account()).status_code == 404


def test_finance_finds_money_by_number_and_changes_nothing(till: Till, li: User) -> None:
    payment = till.pay_from_account(user=li)
    till.work()
    transfer = till.pay_out()
    finance = signed_in(staff("chenjing", "finance"))
    found = finance.get("/admin/payments/payment/", {"q": payment.number}).content.decode()
    assert payment.number in found
    page = finance.get(f"/admin/payments/payment/{payment.pk}/change/").content.decode()
    assert "payment.paid" in page
    assert "41120000000000000000001001" not in page  # no identity of a payer
    card = finance.get(f"/admin/payments/transfer/{transfer.pk}/change/").content.decode()
    assert transfer.number in card
    assert "6222021001112345678" not in card and "李秀兰" not in card
    assert finance.get("/admin/payments/payment/add/").status_code == 403
    assert finance.get(f"/admin/payments/payment/{payment.pk}/delete/").status_code == 403
    for room in ("refund", "notification"):
        assert finance.get(f"/admin/payments/{room}/").status_code == 200


def test_finance_may_have_the_channel_asked_again(till: Till, later: Callable[..., None]) -> None:
    till.sandbox.fault("nhsa", "*", "error_before", count=-1)
    payment = till.pay_from_account()
    for _attempt in range(13):
        till.work()
        later(minutes=31)
    till.sandbox.clear_faults()
    finance = signed_in(staff("chenjing", "finance"))
    payment.refresh_from_db()
    shown = {f"seen-{payment.pk}": money_version(payment)}
    assert shown[f"seen-{payment.pk}"] in finance.get("/admin/payments/payment/").content.decode()
    chosen = {"action": "ask_the_channel_again", "_selected_action": [payment.pk], **shown}
    assert finance.post("/admin/payments/payment/", chosen).status_code == 302
    payment.refresh_from_db()
    assert payment.attempts == 0
    assert payment.next_attempt_at is not None and payment.next_attempt_at <= clock.now()
    reviewer = signed_in(staff("zhoumin", "claims_reviewer"))
    assert reviewer.post("/admin/payments/payment/", chosen).status_code == 403
