"""Notifications arrive signed and sealed, again until acknowledged, and broken in every way that was asked for."""

from __future__ import annotations

import json
import time
from typing import Any

from sandbox.testing import Sandbox
from tests.sandbox.merchant import ORDER_NO, PREMIUM_FEN, merchant, place
from tests.sandbox.wire import receiving


def _opened(sandbox: Sandbox, message: tuple[dict[str, str], bytes]) -> Any:
    """What the real SDK makes of it: None when the signature is wrong."""
    headers, body = message
    return merchant(sandbox).callback(headers, body)


def test_a_payment_is_notified_with_the_order_sealed_inside(sandbox: Sandbox) -> None:
    with receiving() as receiver:
        place(merchant(sandbox), notify_url=receiver.url)
        transaction_id = sandbox.pay_wechat(ORDER_NO)
        event = _opened(sandbox, receiver.wait_for(1)[0])
    assert event["event_type"] == "TRANSACTION.SUCCESS"
    assert event["resource"]["out_trade_no"] == ORDER_NO
    assert event["resource"]["transaction_id"] == transaction_id
    assert event["resource"]["amount"]["total"] == PREMIUM_FEN
    assert ORDER_NO.encode() not in receiver.received[0][1]


def test_it_is_sent_again_until_acknowledged_under_the_same_id(sandbox: Sandbox) -> None:
    sandbox.settings(notify_schedule="0,0,0")
    with receiving() as receiver:
        receiver.answers = [500, 503]
        place(merchant(sandbox), notify_url=receiver.url)
        sandbox.pay_wechat(ORDER_NO)
        messages = receiver.wait_for(3)
    assert len({json.loads(body)["id"] for _, body in messages}) == 1
    assert all(_opened(sandbox, message) for message in messages)


def test_a_duplicate_arrives_twice_under_one_id(sandbox: Sandbox) -> None:
    sandbox.fault("wechat", "notify", "notify_duplicate")
    with receiving() as receiver:
        place(merchant(sandbox), notify_url=receiver.url)
        sandbox.pay_wechat(ORDER_NO)
        first, second = receiver.wait_for(2)
    assert first[1] == second[1]


def test_a_lost_one_never_arrives_though_the_money_moved(sandbox: Sandbox) -> None:
    sandbox.fault("wechat", "notify", "notify_lost")
    with receiving() as receiver:
        place(merchant(sandbox), notify_url=receiver.url)
        sandbox.pay_wechat(ORDER_NO)
        assert sandbox.notifications()[0]["state"] == "lost"
        assert receiver.received == []
    assert sandbox.total_fen() == PREMIUM_FEN


def test_a_forged_one_fails_the_signature_and_the_true_one_follows(sandbox: Sandbox) -> None:
    sandbox.settings(notify_schedule="0,0")
    sandbox.fault("wechat", "notify", "notify_forged")
    with receiving() as receiver:
        receiver.answers = [401]
        place(merchant(sandbox), notify_url=receiver.url)
        sandbox.pay_wechat(ORDER_NO)
        forged, true = receiver.wait_for(2)
    assert _opened(sandbox, forged) is None
    assert _opened(sandbox, true)["resource"]["out_trade_no"] == ORDER_NO


def test_a_tampered_one_fails_the_signature(sandbox: Sandbox) -> None:
    sandbox.fault("wechat", "notify", "notify_tampered")
    with receiving() as receiver:
        place(merchant(sandbox), notify_url=receiver.url)
        sandbox.pay_wechat(ORDER_NO)
        assert _opened(sandbox, receiver.wait_for(1)[0]) is None


def test_a_stale_one_is_well_signed_so_only_the_clock_can_refuse_it(sandbox: Sandbox) -> None:
    """The SDK accepts it: the portal must look at the time itself."""
    sandbox.fault("wechat", "notify", "notify_stale", seconds=3600)
    with receiving() as receiver:
        place(merchant(sandbox), notify_url=receiver.url)
        sandbox.pay_wechat(ORDER_NO)
        message = receiver.wait_for(1)[0]
    assert time.time() - int(message[0]["Wechatpay-Timestamp"]) > 3500
    assert _opened(sandbox, message) is not None


def test_another_amount_comes_well_signed(sandbox: Sandbox) -> None:
    sandbox.fault("wechat", "notify", "notify_amount", amount_fen=1)
    with receiving() as receiver:
        place(merchant(sandbox), notify_url=receiver.url)
        sandbox.pay_wechat(ORDER_NO)
        event = _opened(sandbox, receiver.wait_for(1)[0])
    assert event["resource"]["amount"]["total"] == 1
    assert sandbox.total_fen() == PREMIUM_FEN


def test_a_delivered_one_can_be_replayed(sandbox: Sandbox) -> None:
    with receiving() as receiver:
        place(merchant(sandbox), notify_url=receiver.url)
        sandbox.pay_wechat(ORDER_NO)
        receiver.wait_for(1)
        assert sandbox.replay(sandbox.notifications()[0]["id"]) == "200"
        first, second = receiver.wait_for(2)
    assert json.loads(first[1])["id"] == json.loads(second[1])["id"]


def test_a_refund_is_notified_too(sandbox: Sandbox) -> None:
    client = merchant(sandbox)
    with receiving() as receiver:
        place(client)
        sandbox.pay_wechat(ORDER_NO)
        amount = {"refund": PREMIUM_FEN, "total": PREMIUM_FEN, "currency": "CNY"}
        client.refund(out_refund_no="RF-0001", out_trade_no=ORDER_NO, amount=amount, notify_url=receiver.url)
        event = _opened(sandbox, receiver.wait_for(1)[0])
    assert (event["event_type"], event["resource"]["refund_status"]) == ("REFUND.SUCCESS", "SUCCESS")
