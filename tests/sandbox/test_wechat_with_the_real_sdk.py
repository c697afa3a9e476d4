"""WeChat Pay as the merchant's real SDK sees it: order, query, close, refund, bill; signatures verified both ways."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from wechatpayv3 import WeChatPayType

from sandbox.testing import Sandbox
from tests.sandbox.merchant import ORDER_NO, PREMIUM_FEN, answer, merchant, place


def test_an_h5_order_is_paid_on_the_cashier_page(sandbox: Sandbox) -> None:
    client = merchant(sandbox)
    code, placed = place(client)
    assert code == 200
    assert answer(client.query(out_trade_no=ORDER_NO))[1]["trade_state"] == "NOTPAY"
    back = "http://127.0.0.1:8000/orders/1"
    paid = httpx.post(placed["h5_url"], data={"redirect_url": back}, trust_env=False)
    assert (paid.status_code, paid.headers["location"]) == (303, back)
    code, order = answer(client.query(out_trade_no=ORDER_NO))
    assert (code, order["trade_state"], order["amount"]["total"]) == (200, "SUCCESS", PREMIUM_FEN)
    assert answer(client.query(transaction_id=order["transaction_id"]))[1] == order
    assert [(row["event"], row["reference"], row["amount_fen"]) for row in sandbox.log()] == [
        ("paid", ORDER_NO, PREMIUM_FEN)
    ]


def test_a_native_order_gives_a_code_that_opens_the_cashier(sandbox: Sandbox) -> None:
    code, placed = place(merchant(sandbox), pay_type=WeChatPayType.NATIVE)
    assert code == 200
    assert "200.00" in httpx.get(placed["code_url"], trust_env=False).text


def test_asking_again_for_the_same_order_gives_the_same_cashier(sandbox: Sandbox) -> None:
    client = merchant(sandbox)
    assert place(client) == place(client)
    code, refused = place(client, amount={"total": PREMIUM_FEN + 1, "currency": "CNY"})
    assert (code, refused["code"]) == (403, "OUT_TRADE_NO_USED")


def test_a_closed_order_cannot_be_paid_and_a_paid_one_cannot_be_closed(sandbox: Sandbox) -> None:
    client = merchant(sandbox)
    _, placed = place(client)
    assert client.close(ORDER_NO)[0] == 204
    assert httpx.post(placed["h5_url"], trust_env=False).status_code == 409
    assert answer(client.query(out_trade_no=ORDER_NO))[1]["trade_state"] == "CLOSED"
    assert place(client)[1]["code"] == "ORDER_CLOSED"
    place(client, "HMB202611220002")
    sandbox.pay_wechat("HMB202611220002")
    assert answer(client.close("HMB202611220002"))[1]["code"] == "ORDERPAID"
    assert sandbox.total_fen() == PREMIUM_FEN


def test_ten_confirmations_at_once_pay_once(sandbox: Sandbox) -> None:
    _, placed = place(merchant(sandbox))
    with ThreadPoolExecutor(max_workers=10) as pool:
        codes = list(pool.map(lambda _: httpx.post(placed["h5_url"], trust_env=False).status_code, range(10)))
    assert sorted(codes) == [303] + [409] * 9
    assert sandbox.total_fen() == PREMIUM_FEN


def test_an_order_past_its_time_cannot_be_paid(sandbox: Sandbox) -> None:
    _, placed = place(merchant(sandbox), time_expire="2020-01-01T00:00:00+08:00")
    assert httpx.post(placed["h5_url"], trust_env=False).status_code == 409
    assert sandbox.log() == []


def test_refunds_up_to_what_was_paid_each_number_once(sandbox: Sandbox) -> None:
    client = merchant(sandbox)
    place(client)
    sandbox.pay_wechat(ORDER_NO)

    def refund(number: str, fen: int) -> tuple[int, dict[str, Any]]:
        amount = {"refund": fen, "total": PREMIUM_FEN, "currency": "CNY"}
        return answer(client.refund(out_refund_no=number, out_trade_no=ORDER_NO, amount=amount))

    assert refund("RF-0001", 10_000)[1]["status"] == "PROCESSING"
    assert refund("RF-0001", 10_000)[0] == 200
    assert refund("RF-0001", 9_999)[1]["code"] == "INVALID_REQUEST"
    assert answer(client.query_refund("RF-0001"))[1]["status"] == "SUCCESS"
    assert refund("RF-0002", 10_001)[1]["code"] == "PARAM_ERROR"
    assert refund("RF-0003", 10_000)[0] == 200
    assert [row["amount_fen"] for row in sandbox.log("wechat")] == [PREMIUM_FEN, -10_000, -10_000]
    assert answer(client.query(out_trade_no=ORDER_NO))[1]["trade_state"] == "REFUND"


def test_the_bill_comes_the_next_day_after_ten_and_matches_its_hash(sandbox: Sandbox) -> None:
    client = merchant(sandbox)
    place(client)
    sandbox.clock("2026-11-22T15:00:00")
    sandbox.pay_wechat(ORDER_NO)
    sandbox.clock("2026-11-23T09:59:00")
    assert answer(client.trade_bill("2026-11-22"))[1]["code"] == "STATEMENT_CREATING"
    sandbox.clock("2026-11-23T10:00:00")
    _, announced = answer(client.trade_bill("2026-11-22"))
    _, packed = client.download_bill(announced["download_url"])
    content = gzip.decompress(packed)
    assert announced["hash_value"] == hashlib.sha1(content, usedforsecurity=False).hexdigest()
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[1].split(",")[6] == f"`{ORDER_NO}"
    assert lines[1].split(",")[12] == "`200.00"
    assert lines[-1] == "`1,`200.00,`0.00,`0.00,`0.00000,`200.00,`0.00"


@pytest.mark.parametrize("kind", ["drop_reply", "error_after", "garbage"])
def test_an_order_placed_without_a_reply_is_found_by_query(sandbox: Sandbox, kind: str) -> None:
    client = merchant(sandbox)
    sandbox.fault("wechat", "order", kind)
    with pytest.raises(Exception, match=r"Connection (broken|aborted)|SIGNATURE|does not support|Expecting value"):
        assert place(client)[0] == 200
    assert answer(client.query(out_trade_no=ORDER_NO))[1]["trade_state"] == "NOTPAY"


@pytest.mark.parametrize("kind", ["forge_reply", "tamper_reply"])
def test_the_sdk_refuses_a_reply_with_a_wrong_signature(sandbox: Sandbox, kind: str) -> None:
    sandbox.fault("wechat", "query", kind)
    client = merchant(sandbox)
    place(client)
    with pytest.raises(Exception, match="failed to verify the signature"):
        client.query(out_trade_no=ORDER_NO)


def test_not_found_yet_is_an_answer_that_can_change(sandbox: Sandbox) -> None:
    client = merchant(sandbox)
    place(client)
    sandbox.fault("wechat", "query", "not_found", count=2)
    assert [client.query(out_trade_no=ORDER_NO)[0] for _ in range(3)] == [404, 404, 200]


def test_a_merchant_with_another_key_is_refused(sandbox: Sandbox) -> None:
    strangers_key = _other_private_key()
    code, refused = place(merchant(sandbox, merchant_private_key=strangers_key))
    assert (code, refused["code"]) == (401, "SIGN_ERROR")


def test_stale_replayed_and_tampered_requests_are_refused(sandbox: Sandbox) -> None:
    body = json.dumps({"mchid": sandbox.keys["wechat"]["mchid"]})
    place(merchant(sandbox))
    assert _close(sandbox, body, at=time.time() - 301).status_code == 401
    assert _close(sandbox, body, sent=body.replace("1900000109", "1900000110")).status_code == 401
    assert _close(sandbox, body, nonce="N1").status_code == 204
    assert _close(sandbox, body, nonce="N1").status_code == 401


def _close(sandbox: Sandbox, body: str, *, at: float = 0, nonce: str = "", sent: str = "") -> httpx.Response:
    """The close call signed by hand, as the documentation describes it."""
    keys = sandbox.keys["wechat"]
    path = f"/v3/pay/transactions/out-trade-no/{ORDER_NO}/close"
    stamp, nonce = str(int(at or time.time())), nonce or hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:32]
    key = serialization.load_pem_private_key(keys["merchant_private_key"].encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    signature = key.sign(f"POST\n{path}\n{stamp}\n{nonce}\n{body}\n".encode(), PKCS1v15(), hashes.SHA256())
    authorization = (
        f'WECHATPAY2-SHA256-RSA2048 mchid="{keys["mchid"]}",nonce_str="{nonce}",timestamp="{stamp}",'
        f'serial_no="{keys["merchant_serial_no"]}",signature="{base64.b64encode(signature).decode()}"'
    )
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    return httpx.post(keys["gateway"] + path, content=sent or body, headers=headers, trust_env=False)


def _other_private_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()
