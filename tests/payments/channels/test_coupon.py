"""A channel that nobody here has heard of: its folder lies beside this file, and no line outside it knows its name.

It keeps the contract, and Li Xiulan's insurance is paid with it from the page to the books and back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.roles import Role
from core import clock
from enrollment import actions
from enrollment.lifecycle import PolicyState
from enrollment.models import Policy
from enrollment.shown import policy_version
from ledger.selectors import balance_fen
from payments.channels import CHANNELS, found_in
from payments.channels.base import Arrived
from payments.models import Notification, Payment
from people.relations import Relation
from sandbox.testing import Sandbox
from tests.accounts.people import signed_in, staff
from tests.enrollment.helpers import Town
from tests.outside import connect
from tests.payments.channels.contract import FEN, NUMBER, REFUND, BilledContract, NotifyingContract, PaymentContract
from tests.payments.channels.coupon.office import Office, open_office
from tests.people.helpers import LI, MOTHER, Resident, codes, form_key


@pytest.fixture
def office(settings: Settings) -> Iterator[Office]:
    """The coupon office is open, and the folder of its channel is one of the house's."""
    with open_office() as opened, ExitStack() as registered:
        for channel in found_in("tests.payments.channels"):
            registered.enter_context(CHANNELS.replaced(channel.code, channel))
        settings.PARTNERS = {**settings.PARTNERS, **opened.variables()}
        yield opened


class TestTheContract(PaymentContract, NotifyingContract, BilledContract):
    @pytest.fixture
    def other_side(self, office: Office) -> Office:
        return office

    @pytest.fixture
    def notification(self, office: Office) -> Arrived:
        self.paid(office)
        return office.message(NUMBER)

    def movements(self, side: Office) -> list[tuple[str, int]]:
        side.channel.refund(self.back(side, self.paid(side), FEN // 4))
        return [(NUMBER, FEN), (REFUND, -FEN // 4)]


class TestAnOrderPaidByIt:
    @pytest.fixture
    def town(self, transactional_db: None, sandbox: Sandbox, office: Office, settings: Settings) -> Town:
        connect(settings, sandbox)
        settings.PARTNERS = {**settings.PARTNERS, **office.variables()}
        settings.PAYMENTS_STRICT_TRANSACTIONS = True
        sandbox.clock(settings.PORTAL_CLOCK)
        return Town(sandbox, settings)

    @pytest.fixture
    def li(self, town: Town) -> Resident:
        return town.resident(LI)

    def choose(self, town: Town, li: Resident, *people: object) -> tuple[Client, str]:
        order = town.choose(li, *people)
        town.read_and_agree(li, order)
        return town.browse(li), reverse("enrollment:pay", args=[order.number])

    def test_from_the_page_to_the_books_and_back(self, town: Town, li: Resident, office: Office) -> None:
        browser, url = self.choose(town, li, li.person)
        page = browser.get(url)
        assert "City coupon" in page.content.decode()
        form = {"form_key": form_key(), "page": page.context["ticket"], "seen": page.context["seen"]}
        payment_url = browser.post(url, {**form, "channel": "COUPON"}).url
        town.work()
        payment = Payment.objects.get()
        assert office.executed() == [(payment.number, 10_000)]
        assert "City coupon" in browser.get(payment_url).content.decode()
        assert balance_fen("asset.clearing", money_account="smx-coupon") == 10_000

        policy = Policy.objects.get()
        assert policy.state == PolicyState.ISSUED
        actions.surrender_policy(policy=policy, seen=policy_version(policy), actor=li.actor, now=clock.now())
        town.work()
        assert [fen for _number, fen in office.executed()] == [10_000, -10_000]
        assert (
            balance_fen("asset.clearing", money_account="smx-coupon"),
            balance_fen("liability.premium", plan_year="smx-2027"),
        ) == (0, 0)

    def test_its_own_message_is_enough(self, town: Town, li: Resident, office: Office, client: Client) -> None:
        """The reply is lost; the office's message comes before we ask."""
        office.fault("charge", "drop_reply")
        order = town.place(li, li.person, channel="COUPON")
        town.work()
        told = office.message(order.payment_number)
        posted = {"content_type": "application/json", "headers": told.headers}
        for _ in range(2):
            reply = client.post("/pay/notify/coupon/huiminbao/", told.body, **posted)
            assert (reply.status_code, reply.content) == (200, b"thanks")
        forged = client.post("/pay/notify/coupon/huiminbao/", told.body + b" ", **posted)
        assert (forged.status_code, forged.content) == (401, b"no")
        town.work()
        assert Notification.objects.get().payment == Payment.objects.get()
        assert Policy.objects.get().state == PolicyState.ISSUED

    def test_who_may_use_it_is_its_own_rule(self, town: Town, li: Resident, office: Office) -> None:
        mother = town.add(li, MOTHER, Relation.PARENT).relative
        browser, url = self.choose(town, li, li.person, mother)
        page = browser.get(url)
        assert "A coupon pays for yourself only." in page.content.decode()
        form = {"form_key": form_key(), "page": page.context["ticket"], "seen": page.context["seen"]}
        assert codes(browser.post(url, {**form, "channel": "COUPON"})) == {"coupon_for_oneself"}
        assert office.executed() == []

    def test_its_refusal_has_its_own_words(self, town: Town, li: Resident, office: Office) -> None:
        office.fault("charge", "refuse")
        order = town.place(li, li.person, channel="COUPON")
        town.work()
        page = town.browse(li).get(reverse("payments:payment", args=[order.payment_number]))
        assert "You hold no coupon. Nothing was taken." in page.content.decode()

    def test_finance_finds_what_it_carried(self, town: Town, li: Resident) -> None:
        town.enrol(li, li.person, channel="COUPON")
        finance = signed_in(staff("finance", Role.FINANCE))
        payment = Payment.objects.get()
        url = reverse("admin:payments_payment_changelist")
        page = finance.get(url, {"account__code__exact": str(payment.account_id)})
        assert payment.number in page.content.decode()

    def test_switched_off_it_is_offered_to_nobody(self, town: Town, li: Resident, settings: Settings) -> None:
        settings.CHANNELS_OFF = ["coupon"]
        browser, url = self.choose(town, li, li.person)
        assert "City coupon" not in browser.get(url).content.decode()


def test_it_needs_no_migration(office: Office, db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    assert Payment._meta.get_field("channel").flatchoices[-1] == ("COUPON", "City coupon")


def test_gone_again_nobody_knows_it(db: None) -> None:
    assert "COUPON" not in CHANNELS
    assert Client().post("/pay/notify/coupon/huiminbao/", b"{}", content_type="application/json").status_code == 404
