"""Each button of an order or a policy that moves money carries the version of the page; without it, or with that of a
page that is no longer true, the answer is 409, the page comes anew and nothing moves. Judged by the sandbox's log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.urls import reverse

from accounts.models import User
from enrollment.models import Order, Policy
from payments.models import Payment, Refund
from products.models import PlanYear
from tests.accounts.people import signed_in, staff
from tests.enrollment.helpers import PERSONAL_ACCOUNT, WECHAT, Town, ticket_of
from tests.forms import hidden_fields
from tests.people.helpers import LI, Resident, form_key


@dataclass(frozen=True)
class Form:
    """Where the button stands, where it goes, what has to be there first, and what changes behind the reader's back."""

    page: str
    target: str
    prepare: Callable[[Town, Resident], str]
    change: Callable[[str], object]


def ready_to_pay(town: Town, li: Resident) -> str:
    order = town.choose(li, li.person)
    town.read_and_agree(li, order)
    return order.number


def being_paid(town: Town, li: Resident) -> str:
    order = town.place(li, li.person, channel=WECHAT)
    town.work()
    return order.number


def not_paid(town: Town, li: Resident) -> str:
    """The deduction is refused: the order waits for another way to pay."""
    town.sandbox.fault("nhsa", "*", "error_before", count=0)
    order = town.place(li, li.person, channel=WECHAT)
    town.work()
    Order.objects.filter(pk=order.pk).update(channel="")
    from core import clock
    from enrollment import actions
    from enrollment.shown import order_version

    actions.give_up_payment(order=order, seen=order_version(order), actor=li.actor, now=clock.now())
    town.work()
    return order.number


def insured(town: Town, li: Resident) -> str:
    [policy] = town.enrol(li, li.person)
    return policy.number


def dearer(number: str) -> None:
    """Nobody may change a published price; the text of an order is read from it all the same."""
    order = Order.objects.get(number=number)
    order.lines.update(premium_fen=99_900)


def another_payment_is_noted(number: str) -> None:
    Order.objects.filter(number=number).update(payment_number="PY-2026-9999999")


def cover_begins_later(number: str) -> None:
    policy = Policy.objects.get(number=number)
    Policy.objects.filter(pk=policy.pk).update(premium_fen=policy.premium_fen - 1)


FORMS = [
    Form("pay", "pay", ready_to_pay, dearer),
    Form("pay", "pay", not_paid, another_payment_is_noted),
    Form("done", "cancel", not_paid, another_payment_is_noted),
    Form("done", "give_up", being_paid, another_payment_is_noted),
    Form("surrender", "surrender", insured, cover_begins_later),
]


def moved(town: Town) -> tuple[object, ...]:
    town.work()
    return (
        town.executed(),
        list(Payment.objects.order_by("pk").values_list("number", "state")),
        list(Refund.objects.order_by("pk").values_list("number", "state")),
        list(Order.objects.order_by("pk").values_list("number", "state")),
        list(Policy.objects.order_by("pk").values_list("number", "state")),
    )


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.target}-{form.prepare.__name__}")
def test_a_button_does_nothing_about_what_was_not_seen(town: Town, form: Form) -> None:
    li = town.resident(LI)
    number = form.prepare(town, li)
    browser = town.browse(li)
    page = reverse(f"enrollment:{form.page}", args=[number])
    target = reverse(f"enrollment:{form.target}", args=[number])
    action = target if page != target else ""
    shown = browser.get(page)
    fields = {**hidden_fields(shown.content.decode(), action=action), "channel": WECHAT}
    before = moved(town)

    without = browser.post(target, {**fields, "seen": "", "form_key": form_key()})
    form.change(number)
    stale = browser.post(target, {**fields, "form_key": form_key()})

    assert (without.status_code, stale.status_code) == (409, 409)
    assert moved(town) == before
    assert hidden_fields(stale.content.decode(), action=action)["seen"] != fields["seen"], "the page has come anew"


def test_what_was_seen_is_done(town: Town) -> None:
    """The control: with the version of the page as it is the order is paid, and then given back."""
    li = town.resident(LI)
    browser = town.browse(li)
    pay = reverse("enrollment:pay", args=[ready_to_pay(town, li)])
    shown = browser.get(pay)
    fields = {**hidden_fields(shown.content.decode()), "page": ticket_of(shown), "channel": PERSONAL_ACCOUNT}
    assert browser.post(pay, fields).status_code == 302
    town.work()
    give_back = reverse("enrollment:surrender", args=[Policy.objects.get().number])
    assert browser.post(give_back, hidden_fields(browser.get(give_back).content.decode())).status_code == 302
    town.work()
    assert town.executed() == [("deducted", 10_000), ("refunded", -10_000)]


def test_the_cashier_is_opened_anew_for_the_payment_that_was_seen(town: Town) -> None:
    li = town.resident(LI)
    being_paid(town, li)
    payment = Payment.objects.get()
    cashier = reverse("payments:cashier", args=[payment.number])
    for seen in ("", "0" * 64):
        answer = town.browse(li).post(cashier, {"seen": seen})
        assert answer.status_code == 409
        assert payment.number in answer.content.decode(), "the payment's page, anew"
    payment.refresh_from_db()
    assert payment.cashier_url


def test_a_plan_year_is_published_as_it_was_read(town: Town) -> None:
    from core import clock
    from core.errors import Conflict
    from demo.plan_years import OPERATOR
    from products.actions import publish_plan_year

    filed = PlanYear(state="filed")
    assert filed.state != town.plan_year.state
    with pytest.raises(Conflict) as refusal:
        publish_plan_year(plan_year=town.plan_year, seen="", actor=OPERATOR, now=clock.now())
    assert refusal.value.code == "changed_meanwhile"


def test_finance_asks_the_channel_about_the_rows_she_saw(town: Town) -> None:
    li = town.resident(LI)
    being_paid(town, li)
    payment = Payment.objects.get()
    finance: User = staff("chenjing", "finance")
    browser = signed_in(finance)
    listing = reverse("admin:payments_payment_changelist")
    chosen = {"action": "ask_the_channel_again", "_selected_action": [payment.pk]}
    Payment.objects.filter(pk=payment.pk).update(attempts=7)
    for sent in (chosen, {**chosen, f"seen-{payment.pk}": "0" * 64}, {**chosen, "select_across": "1"}):
        answer = browser.post(listing, sent)
        assert answer.status_code == 409
        assert payment.number in answer.content.decode(), "the list, anew"
        payment.refresh_from_db()
        assert payment.attempts == 7
