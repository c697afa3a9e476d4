"""What is posted to us is believed only when it is signed by WeChat, fresh, and fits what we asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.errors import NotAllowed
from ledger.selectors import balance_fen
from payments.actions import receive_notification
from payments.channels import notifying_channel
from payments.channels.base import Arrived, NotAuthentic
from payments.channels.wechat.notifications import SIGNATURE_AGE
from payments.lifecycle import NotificationState, PaymentState
from payments.models import Notification, Payment
from tests.payments.till import FOR_TWO_FEN, MERCHANT, NOTIFY, WECHAT_CLEARING, Till, tasks_for_people, wait_until
from tests.payments.wechat_desk import WechatDesk


@pytest.fixture
def desk(till: Till) -> WechatDesk:
    """Signs and encrypts as WeChat does, with the keys of the sandbox's WeChat."""
    return WechatDesk(till.sandbox)


@pytest.fixture
def ordered(till: Till) -> Payment:
    payment = till.pay_by_wechat()
    till.work()
    payment.refresh_from_db()
    return payment


def post(client: Client, message: tuple[dict[str, str], bytes]) -> int:
    headers, body = message
    return client.post(NOTIFY, body, content_type="application/json", headers=headers).status_code


def test_a_good_message_is_stored_acknowledged_then_processed(
    till: Till, desk: WechatDesk, ordered: Payment, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    message = desk.paid(ordered)
    assert post(client, message) == 200
    assert Notification.objects.get().state == NotificationState.RECEIVED
    ordered.refresh_from_db()
    assert ordered.state == PaymentState.AWAITING_PAYER  # acknowledging is not yet believing
    till.work()
    ordered.refresh_from_db()
    assert ordered.state == PaymentState.PAID
    assert "notification.failed" not in caplog.text
    assert "notification.processed" in caplog.text


def test_the_same_id_again_is_acknowledged_and_stored_once(
    till: Till, desk: WechatDesk, ordered: Payment, client: Client
) -> None:
    message = desk.paid(ordered)
    assert [post(client, message), post(client, message)] == [200, 200]
    till.work()
    assert post(client, message) == 200
    assert Notification.objects.count() == 1
    assert balance_fen(**WECHAT_CLEARING) == FOR_TWO_FEN


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param({"Wechatpay-Signature": "A" * 342 + "=="}, id="another signature"),
        pytest.param({"Wechatpay-Signature": "不是签名"}, id="no base64"),
        pytest.param({"Wechatpay-Signature": ""}, id="no signature"),
        pytest.param({"Wechatpay-Serial": "PUB_KEY_ID_0199999999999999999999999999"}, id="a key we do not have"),
        pytest.param({"Wechatpay-Serial": "not hexadecimal"}, id="a serial that is no number"),
        pytest.param({"Wechatpay-Nonce": "another"}, id="another nonce"),
        pytest.param({"Wechatpay-Timestamp": "soon"}, id="no time"),
        pytest.param({"Wechatpay-Signature-Type": "MD5"}, id="another kind of signature"),
    ],
)
def test_a_forged_message_is_401_and_leaves_nothing(
    till: Till, desk: WechatDesk, ordered: Payment, client: Client, tamper: dict[str, str]
) -> None:
    headers, body = desk.paid(ordered)
    assert post(client, ({**headers, **tamper}, body)) == 401
    assert Notification.objects.count() == 0
    till.work()
    ordered.refresh_from_db()
    assert ordered.state == PaymentState.AWAITING_PAYER


def test_a_changed_body_is_401(desk: WechatDesk, ordered: Payment, client: Client) -> None:
    headers, body = desk.paid(ordered)
    assert post(client, (headers, body + b" ")) == 401
    assert Notification.objects.count() == 0


def test_no_headers_at_all_is_401_and_get_is_not_allowed(desk: WechatDesk, client: Client) -> None:
    assert post(client, ({}, b"{}")) == 401
    assert client.get(NOTIFY).status_code == 405


@pytest.mark.parametrize("sign", [1, -1], ids=["signed in the past", "signed in the future"])
def test_five_minutes_are_fresh_and_a_second_more_is_stale(desk: WechatDesk, ordered: Payment, sign: int) -> None:
    signed = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    headers, body = desk.paid(ordered, signed_at=signed)
    edge = signed + sign * SIGNATURE_AGE
    notifying_channel("WECHAT").authenticate(Arrived(headers, body, edge))
    with pytest.raises(NotAuthentic) as refusal:
        notifying_channel("WECHAT").authenticate(Arrived(headers, body, edge + sign * timedelta(seconds=1)))
    assert refusal.value.code == "stale"


def test_freshness_is_judged_by_real_time_not_by_the_demo_clock(
    desk: WechatDesk, ordered: Payment, later: Callable[..., None], client: Client
) -> None:
    later(days=30)
    assert post(client, desk.paid(ordered)) == 200


def test_a_stale_message_stores_nothing(desk: WechatDesk, ordered: Payment) -> None:
    headers, body = desk.paid(ordered, signed_at=datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(NotAllowed) as refusal:
        receive_notification(channel="WECHAT", number=MERCHANT, headers=headers, body=body, now=clock.now())
    assert (refusal.value.code, refusal.value.status) == ("notification_not_authentic", 401)
    assert Notification.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": {"total": 1, "currency": "CNY"}}, "amount_mismatch"),
        ({"amount": {"total": FOR_TWO_FEN, "currency": "USD"}}, "unreadable"),
        ({"amount": {"total": 200.0, "currency": "CNY"}}, "unreadable"),
        ({"mchid": "1900009999"}, "wrong_merchant"),
        ({"appid": "wx0000000000000000"}, "wrong_appid"),
        ({"out_trade_no": "PY-2026-9999999"}, "unknown_order"),
        ({"trade_state": "NOTPAY"}, "not_a_payment"),
        ({"transaction_id": None}, "unreadable"),
    ],
)
def test_what_does_not_fit_is_kept_refused_and_a_person_is_asked(
    till: Till, desk: WechatDesk, ordered: Payment, client: Client, change: dict[str, Any], code: str
) -> None:
    assert post(client, desk.paid(ordered, **change)) == 200
    till.work()
    notification = Notification.objects.get()
    assert (notification.state, notification.refusal_code) == (NotificationState.REFUSED, code)
    ordered.refresh_from_db()
    assert ordered.state == PaymentState.AWAITING_PAYER
    assert balance_fen(**WECHAT_CLEARING) == 0
    [(kind, reason)] = tasks_for_people()
    assert kind == "payments.notification"
    assert reason.startswith(code)


def test_an_authentic_message_we_cannot_open_or_do_not_know_is_kept_for_a_person(
    till: Till, desk: WechatDesk, ordered: Payment, client: Client
) -> None:
    assert (
        post(client, desk.sign(json.dumps({"id": "EV-1", "event_type": "TRANSACTION.SUCCESS", "resource": {}}))) == 200
    )
    assert post(client, desk.sign("not json at all")) == 200
    assert post(client, desk.message("COUPON.USE", {"mchid": desk.keys["mchid"]})) == 200
    till.work()
    codes = Notification.objects.order_by("pk").values_list("refusal_code", flat=True)
    assert list(codes) == ["unreadable", "unreadable", "unknown_event"]


def test_another_transaction_number_for_a_paid_order_is_refused(
    till: Till, desk: WechatDesk, ordered: Payment, client: Client
) -> None:
    post(client, desk.paid(ordered))
    till.work()
    post(client, desk.paid(ordered, transaction_id="42000000000000000000000000X"))
    till.work()
    assert Notification.objects.order_by("pk").last().refusal_code == "paid_twice"  # type: ignore[union-attr]  # two are there
    assert balance_fen(**WECHAT_CLEARING) == FOR_TWO_FEN


@pytest.mark.faults
def test_a_wrong_amount_makes_us_ask_wechat_itself(open_till: Till, later: Callable[..., None]) -> None:
    """The message says 0.01, the order says 200.00: the query's answer counts."""
    open_till.sandbox.fault("wechat", "notify", "notify_amount", amount_fen=1)
    payment = open_till.pay_by_wechat()
    open_till.work()
    open_till.sandbox.pay_wechat(payment.number)
    wait_until(Notification.objects.exists)
    open_till.work()
    payment.refresh_from_db()
    assert Notification.objects.get().refusal_code == "amount_mismatch"
    assert payment.state == PaymentState.PAID
    open_till.assert_books_agree()


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["notify_forged", "notify_tampered", "notify_stale"])
def test_wechats_own_probes_are_refused_and_the_right_one_after_them_counts(open_till: Till, kind: str) -> None:
    open_till.sandbox.fault("wechat", "notify", kind)
    payment = open_till.pay_by_wechat()
    open_till.work()
    open_till.sandbox.pay_wechat(payment.number)
    wait_until(Notification.objects.exists)
    [delivery] = open_till.sandbox.notifications()
    assert delivery["attempts"] >= 1
    open_till.work()
    payment.refresh_from_db()
    assert payment.state == PaymentState.PAID
    open_till.assert_books_agree()


def test_a_poisonous_message_does_not_hold_up_the_others(
    till: Till,
    desk: WechatDesk,
    ordered: Payment,
    client: Client,
    later: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A message of a purpose nobody registered any more fails each time; the next one is processed all the same."""
    from payments import purposes
    from tests.payments.orders import open_order

    poison = till.pay_by_wechat(open_order("order-2"))
    till.work()
    poison.refresh_from_db()
    post(client, desk.paid(poison))
    post(client, desk.paid(ordered))
    original = purposes.get(poison.purpose).on_paid

    def fails_for_order_2(payment: Payment, *, now: datetime) -> None:
        if payment.pk == poison.pk:
            raise RuntimeError("a fault of ours")
        original(payment, now=now)

    broken = {**vars(purposes.get(poison.purpose)), "on_paid": fails_for_order_2}
    with purposes._purposes.replaced(poison.purpose, purposes.Purpose(**broken)):
        till.work()
        ordered.refresh_from_db()
        assert ordered.state == PaymentState.PAID
        for _attempt in range(12):
            later(minutes=31)
            till.work()
    assert ("payments.notification", "RuntimeError") in tasks_for_people()
    stuck = Notification.objects.get(state=NotificationState.RECEIVED)
    assert stuck.next_attempt_at is not None  # once mended, it heals by itself
    later(hours=2)
    till.work()
    poison.refresh_from_db()
    assert poison.state == PaymentState.PAID
