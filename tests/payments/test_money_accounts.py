"""Two schemes with merchants and banks of their own: each one's money goes through its own account, there and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.roles import ROLES
from core import clock
from core.actors import Actor
from core.errors import Conflict, DomainError, NotAllowed
from demo.money_accounts import open_demo_money_accounts
from demo.schemes import SANMENXIA, ZHENGZHOU, create_demo_scheme
from ledger.selectors import balance_fen
from payments.actions import close_money_account, open_money_account
from payments.lifecycle import NotificationState, PaymentState
from payments.models import MoneyAccount, Notification, Payment
from payments.money_accounts import offered
from tests.payments.orders import open_order
from tests.payments.till import FOR_TWO_FEN, MERCHANT, NOTIFY, Till, states
from tests.payments.wechat_desk import WechatDesk

INSTALLER = Actor.system("installer", "payments.open_account")
SMX, ZZ = SANMENXIA.code, ZHENGZHOU.code
# What WeChat and the bank call Zhengzhou.
ZZ_MERCHANT, ZZ_NOTIFY = "1900000117", "/pay/notify/wechat/1900000117/"
SMX_PAYER, ZZ_PAYER = "4105016200000000088", "4101016200000000077"
SECOND = {
    "code": "smx-second", "name": "三门峡惠民保", "scheme": SMX, "channel": "WECHAT", "reference": "WECHAT_PAY_3",
    "valid_from": date(2026, 1, 1),
}  # fmt: skip


def opened(**changes: Any) -> MoneyAccount:
    create_demo_scheme(SANMENXIA)
    create_demo_scheme(ZHENGZHOU)
    return open_money_account(**{**SECOND, **changes}, actor=INSTALLER)


@pytest.fixture
def two(till: Till) -> Till:
    """Sanmenxia and Zhengzhou, each with a merchant, a bank account and an institution of its own."""
    for city in (SANMENXIA, ZHENGZHOU):
        create_demo_scheme(city)
        open_demo_money_accounts(city)
    return till


def test_who_has_one_scheme_opens_nothing(till: Till) -> None:
    """The first payment opens the scheme's account, with the channel's own credentials."""
    first, second = till.pay_by_wechat(), till.pay_by_wechat(open_order("order-2"))
    account = MoneyAccount.objects.get()
    assert (account.code, account.scheme_id, account.reference) == ("smx-wechat", SMX, "WECHAT_PAY")
    assert first.account == second.account == account


def test_of_two_schemes_nobody_guesses_whose_merchant_it_is(till: Till) -> None:
    create_demo_scheme(ZHENGZHOU)
    for scheme in (SMX, ZZ):
        with pytest.raises(Conflict) as refused:
            till.pay_by_wechat(open_order(scheme), scheme=scheme)
        assert refused.value.code == "no_money_account"
        assert offered(scheme, on=clock.today()) == []
    assert not Payment.objects.exists()


class TestMoneyIn:
    def test_of_zhengzhou_never_goes_through_sanmenxias_merchant(self, two: Till, later: Callable[..., None]) -> None:
        """Both pay 200.00 by WeChat and have 50.00 back: the sandbox's log says whose merchant each of it went by."""
        payments = [two.pay_by_wechat(open_order(scheme), scheme=scheme) for scheme in (SMX, ZZ)]
        two.work()
        for payment in payments:
            two.sandbox.pay_wechat(payment.number)
        later(seconds=5)
        two.work()
        refunds = [two.refund(payment, 5_000) for payment in payments]
        for _ in range(3):
            two.work()
            later(minutes=1)
        went = {row["reference"]: (row["detail"]["mchid"], row["amount_fen"]) for row in two.sandbox.log("wechat")}
        assert went == {
            payments[0].number: (MERCHANT, FOR_TWO_FEN),
            payments[1].number: (ZZ_MERCHANT, FOR_TWO_FEN),
            refunds[0].number: (MERCHANT, -5_000),
            refunds[1].number: (ZZ_MERCHANT, -5_000),
        }
        for scheme in (SMX, ZZ):
            assert balance_fen("asset.clearing", scheme=scheme, money_account=f"{scheme}-wechat") == 15_000
            assert balance_fen("liability.premium", scheme=scheme) == -15_000

    def test_from_a_personal_account_goes_to_the_schemes_own_institution(self, two: Till) -> None:
        payments = [two.pay_from_account(open_order(scheme), scheme=scheme) for scheme in (SMX, ZZ)]
        two.work()
        went = {row["reference"]: row["detail"]["institution"] for row in two.sandbox.log("account", event="deducted")}
        assert went == {payments[0].number: "H41120000001", payments[1].number: "H41010000001"}

    def test_a_message_finds_its_account_by_the_merchants_number(self, two: Till, client: Client) -> None:
        payment = two.pay_by_wechat(scheme=ZZ)
        two.work()
        headers, body = WechatDesk(two.sandbox, "wechat_2").paid(payment)
        post: dict[str, Any] = {"content_type": "application/json", "headers": headers}
        assert client.post("/pay/notify/wechat/1900000000/", body, **post).status_code == 401, "nobody's number"
        assert client.post(ZZ_NOTIFY, body, **post).status_code == 200
        two.work()
        payment.refresh_from_db()
        assert Notification.objects.get().account_id == "zz-wechat"
        assert payment.state == PaymentState.PAID
        assert balance_fen("asset.clearing", money_account="zz-wechat") == FOR_TWO_FEN
        assert balance_fen("asset.clearing", money_account="smx-wechat") == 0

    def test_a_message_at_the_address_of_another_merchant_is_not_believed(self, two: Till, client: Client) -> None:
        payment = two.pay_by_wechat(scheme=ZZ)
        two.work()
        headers, body = WechatDesk(two.sandbox, "wechat_2").paid(payment)
        assert client.post(NOTIFY, body, content_type="application/json", headers=headers).status_code == 200
        two.work()
        notification = Notification.objects.get()
        assert (notification.state, notification.account_id) == (NotificationState.REFUSED, "smx-wechat")
        assert Payment.objects.get(pk=payment.pk).state == PaymentState.AWAITING_PAYER

    def test_goes_back_the_way_it_came_when_the_account_is_no_longer_used(
        self, two: Till, later: Callable[..., None]
    ) -> None:
        payment = two.pay_by_wechat(scheme=ZZ)
        two.work()
        two.sandbox.fault("wechat", "notify", "notify_lost", count=2)
        two.sandbox.pay_wechat(payment.number)
        later(seconds=5)
        two.work()
        close_money_account(code="zz-wechat", valid_to=clock.today(), actor=INSTALLER)
        with pytest.raises(Conflict):
            two.pay_by_wechat(open_order("order-2"), scheme=ZZ)
        refund = two.refund(Payment.objects.get(pk=payment.pk), FOR_TWO_FEN)
        for _ in range(3):
            two.work()
            later(minutes=1)
        refund.refresh_from_db()
        assert (refund.account_id, states(refund)[-1]) == ("zz-wechat", "REFUNDED")
        assert balance_fen("asset.clearing", scheme=ZZ) == 0


class TestWhatIsOffered:
    def test_is_what_the_scheme_has_an_account_of(self, two: Till) -> None:
        close_money_account(code="zz-wechat", valid_to=clock.today(), actor=INSTALLER)
        assert [one.code for one in offered(SMX, on=clock.today())] == ["PERSONAL_ACCOUNT", "WECHAT"]
        assert [one.code for one in offered(ZZ, on=clock.today())] == ["PERSONAL_ACCOUNT"]

    def test_is_not_what_is_switched_off(self, two: Till, settings: Settings) -> None:
        settings.CHANNELS_OFF = ["wechat"]
        assert [one.code for one in offered(SMX, on=clock.today())] == ["PERSONAL_ACCOUNT"]


def test_money_out_leaves_the_schemes_own_bank_account(two: Till, later: Callable[..., None]) -> None:
    transfers = {scheme: two.pay_out(open_order(f"claim-{scheme}"), scheme=scheme) for scheme in (SMX, ZZ)}
    two.work()
    later(seconds=5)
    two.work()
    left = {row["reference"]: row["detail"]["payer_account"] for row in two.sandbox.log("bank", event="paid")}
    assert left == {transfers[SMX].number: SMX_PAYER, transfers[ZZ].number: ZZ_PAYER}
    assert [balance_fen("asset.bank", scheme=scheme) for scheme in (SMX, ZZ)] == [-1_864_000, -1_864_000]


@pytest.mark.django_db
class TestOpening:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"channel": "CASH"}, "channel_unknown"),
            ({"reference": "BANK_2"}, "reference_unfit"),
            ({"reference": "WECHAT_PAY_B"}, "reference_unfit"),
            ({"scheme": "luoyang"}, "scheme_unknown"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, changes: dict[str, Any], code: str) -> None:
        with pytest.raises(DomainError) as refused:
            opened(**changes)
        assert refused.value.code == code

    @pytest.mark.parametrize(
        "changes",
        [
            {"scheme": ZZ, "reference": "WECHAT_PAY_4"},
            {"code": "other", "scheme": ZZ},
            {"code": "other", "reference": "WECHAT_PAY_4", "valid_from": date(2027, 1, 1)},
        ],
        ids=["the code is taken", "the credentials are taken", "the days are taken"],
    )
    def test_one_that_stands_is_not_doubled(self, changes: dict[str, Any]) -> None:
        opened()
        with pytest.raises(Conflict) as refused:
            opened(**changes)
        assert refused.value.code == "account_stands"

    def test_the_next_one_begins_where_the_first_ends(self) -> None:
        opened()
        close_money_account(code="smx-second", valid_to=date(2027, 1, 1), actor=INSTALLER)
        opened(code="smx-third", reference="WECHAT_PAY_4", valid_from=date(2027, 1, 1))
        with pytest.raises(Conflict):
            close_money_account(code="smx-second", valid_to=date(2026, 1, 1), actor=INSTALLER)

    def test_no_role_may(self) -> None:
        assert not [role for role, permissions in ROLES.items() if "payments.open_account" in permissions]
        with pytest.raises(NotAllowed):
            open_money_account(**SECOND, actor=Actor.holding(7, "staff:xin", "payments.finance"))

    def test_on_the_machine(self, capsys: pytest.CaptureFixture[str]) -> None:
        create_demo_scheme(SANMENXIA)
        given = ["--scheme=smx", "--channel=wechat", "--reference=WECHAT_PAY_3", "--from=2026-01-01"]
        call_command("money_account", "open", "smx-second", *given)
        call_command("money_account", "close", "smx-second", "--on=2027-01-01")
        line = "smx-second: WECHAT of smx, WECHAT_PAY_3, 2026-01-01 until 2027-01-01"
        assert capsys.readouterr().out.splitlines()[-1] == line
        with pytest.raises(CommandError, match="There is no money account luoyang"):
            call_command("money_account", "close", "luoyang", "--on=2027-01-01")
