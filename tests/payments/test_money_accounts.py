"""Two schemes with merchants and banks of their own: each one's money goes through its own account, there and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.roles import ROLES
from core import clock
from core.actors import Actor
from core.errors import Conflict, DomainError, NotAllowed
from ledger.selectors import balance_fen
from payments.actions import close_money_account, open_money_account
from payments.lifecycle import NotificationState, PaymentState, TransferState
from payments.models import MoneyAccount, Notification, Payment
from tests.payments.orders import open_order
from tests.payments.till import FOR_TWO_FEN, NOTIFY, WECHAT_CLEARING, Till, states
from tests.payments.wechat_desk import WechatDesk

INSTALLER = Actor.system("installer", "payments.open_account")
OTHER_MERCHANT = "1900000999"
SMX = {
    "code": "smx-wechat", "name": "三门峡惠民保", "scheme": "smx", "channel": "WECHAT", "reference": "WECHAT_PAY_2",
    "ledger_account": "asset.clearing.wechat.smx", "valid_from": date(2026, 1, 1),
}  # fmt: skip
SMX_BANK = {
    "code": "smx-bank", "name": "三门峡惠民保", "scheme": "smx", "channel": "BANK", "reference": "BANK_2",
    "ledger_account": "asset.bank.smx", "valid_from": date(2026, 1, 1),
}  # fmt: skip


def opened(**changes: Any) -> MoneyAccount:
    return open_money_account(**{**SMX, **changes}, actor=INSTALLER)


@pytest.fixture
def two(till: Till) -> Till:
    """The sandbox knows the second merchant and the second bank account only; the first ones are strangers to it."""
    given = till.settings.PARTNERS
    second = {
        name.replace(kind, f"{kind}_2", 1): value
        for name, value in given.items()
        for kind in ("WECHAT_PAY", "BANK")
        if name.startswith(f"{kind}_")
    }
    strangers = {"WECHAT_PAY_MCHID": OTHER_MERCHANT, "BANK_PAYER_ACCOUNT": "4105016200000000099"}
    till.settings.PARTNERS = {**given, **second, **strangers}
    opened()
    opened(**SMX_BANK)
    return till


def test_who_has_one_merchant_opens_nothing(till: Till) -> None:
    """The first payment opens the account of every scheme, with the channel's own credentials."""
    first, second = till.pay_by_wechat(), till.pay_by_wechat(open_order("order-2"), scheme="luoyang")
    account = MoneyAccount.objects.get()
    assert (account.code, account.scheme, account.reference) == ("wechat", "", "WECHAT_PAY")
    assert first.account == second.account == account


class TestMoneyIn:
    def test_goes_through_the_schemes_own_merchant(self, two: Till) -> None:
        own, others = two.pay_by_wechat(scheme="smx"), two.pay_by_wechat(open_order("order-2"), scheme="luoyang")
        two.work()
        own.refresh_from_db()
        others.refresh_from_db()
        assert own.state == PaymentState.AWAITING_PAYER
        assert others.state != PaymentState.AWAITING_PAYER, "this sandbox knows no such merchant"

    def test_a_message_finds_its_account_by_the_merchants_number(self, two: Till, client: Client) -> None:
        payment = two.pay_by_wechat(scheme="smx")
        two.pay_by_wechat(open_order("order-2"))
        two.work()
        headers, body = WechatDesk(two.sandbox).paid(payment)
        post: dict[str, Any] = {"content_type": "application/json", "headers": headers}
        assert client.post("/pay/notify/wechat/1900000000/", body, **post).status_code == 401, "nobody's number"
        assert client.post(NOTIFY, body, **post).status_code == 200
        two.work()
        payment.refresh_from_db()
        assert Notification.objects.get().account_id == "smx-wechat"
        assert payment.state == PaymentState.PAID
        assert (balance_fen("asset.clearing.wechat.smx"), balance_fen(WECHAT_CLEARING)) == (FOR_TWO_FEN, 0)

    def test_a_message_at_the_address_of_another_merchant_is_not_believed(self, two: Till, client: Client) -> None:
        payment = two.pay_by_wechat(scheme="smx")
        two.pay_by_wechat(open_order("order-2"))
        headers, body = WechatDesk(two.sandbox).paid(payment)
        wrong = f"/pay/notify/wechat/{OTHER_MERCHANT}/"
        assert client.post(wrong, body, content_type="application/json", headers=headers).status_code == 200
        two.work()
        notification = Notification.objects.get()
        assert (notification.state, notification.refusal_code) == (NotificationState.REFUSED, "wrong_merchant")
        assert Payment.objects.get(pk=payment.pk).state == PaymentState.AWAITING_PAYER

    def test_goes_back_the_way_it_came_when_the_account_is_no_longer_used(
        self, two: Till, later: Callable[..., None]
    ) -> None:
        payment = two.pay_by_wechat(scheme="smx")
        two.work()
        two.sandbox.fault("wechat", "notify", "notify_lost", count=2)
        two.sandbox.pay_wechat(payment.number)
        later(seconds=5)
        two.work()
        close_money_account(code="smx-wechat", valid_to=clock.today(), actor=INSTALLER)
        assert two.pay_by_wechat(open_order("order-2"), scheme="smx").account_id == "wechat"
        refund = two.refund(Payment.objects.get(pk=payment.pk), FOR_TWO_FEN)
        for _ in range(3):
            two.work()
            later(minutes=1)
        refund.refresh_from_db()
        assert (refund.account_id, states(refund)[-1]) == ("smx-wechat", "REFUNDED")
        assert balance_fen("asset.clearing.wechat.smx") == 0

    def test_where_the_credentials_are_another_schemes_nothing_is_begun(self, till: Till) -> None:
        opened(reference="WECHAT_PAY")
        with pytest.raises(Conflict) as refused:
            till.pay_by_wechat(scheme="luoyang")
        assert refused.value.code == "no_money_account"
        assert not Payment.objects.exists()


def test_money_out_leaves_the_schemes_own_bank_account(two: Till, later: Callable[..., None]) -> None:
    own, others = two.pay_out(scheme="smx"), two.pay_out(open_order("claim-2"), scheme="luoyang")
    two.work()
    later(seconds=5)
    two.work()
    own.refresh_from_db()
    others.refresh_from_db()
    assert (own.state, others.state) == (TransferState.PAID, TransferState.REJECTED)
    assert (balance_fen("asset.bank.smx"), balance_fen("asset.bank.claims")) == (-1_864_000, 0)


@pytest.mark.django_db
class TestOpening:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"channel": "CASH"}, "channel_unknown"),
            ({"reference": "BANK_2"}, "reference_unfit"),
            ({"reference": "WECHAT_PAY_B"}, "reference_unfit"),
            ({"ledger_account": "asset.clearing"}, "ledger_account_unfit"),
            ({"ledger_account": "liability.premium.smx-2027"}, "ledger_account_unfit"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, changes: dict[str, Any], code: str) -> None:
        with pytest.raises(DomainError) as refused:
            opened(**changes)
        assert refused.value.code == code

    @pytest.mark.parametrize(
        "changes",
        [
            {"scheme": "luoyang", "reference": "WECHAT_PAY_3"},
            {"code": "other", "scheme": "luoyang"},
            {"code": "other", "reference": "WECHAT_PAY_3", "valid_from": date(2027, 1, 1)},
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
        close_money_account(code="smx-wechat", valid_to=date(2027, 1, 1), actor=INSTALLER)
        opened(code="smx-wechat-2", reference="WECHAT_PAY_3", valid_from=date(2027, 1, 1))
        with pytest.raises(Conflict):
            close_money_account(code="smx-wechat", valid_to=date(2026, 1, 1), actor=INSTALLER)

    def test_no_role_may(self) -> None:
        assert not [role for role, permissions in ROLES.items() if "payments.open_account" in permissions]
        with pytest.raises(NotAllowed):
            open_money_account(**SMX, actor=Actor.holding(7, "staff:xin", "payments.finance"))

    def test_on_the_machine(self, capsys: pytest.CaptureFixture[str]) -> None:
        given = ["--scheme=smx", "--channel=wechat", "--reference=WECHAT_PAY_2", "--from=2026-01-01"]
        call_command("money_account", "open", "smx-wechat", *given, "--ledger-account=asset.clearing.wechat.smx")
        call_command("money_account", "close", "smx-wechat", "--on=2027-01-01")
        line = "smx-wechat: WECHAT of smx, WECHAT_PAY_2, 2026-01-01 until 2027-01-01"
        assert capsys.readouterr().out.splitlines()[-1] == line
        with pytest.raises(CommandError, match="There is no money account luoyang"):
            call_command("money_account", "close", "luoyang", "--on=2027-01-01")
