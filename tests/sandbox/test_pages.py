"""What a person sees: home, cashier, outbox; plain HTML without scripts."""

from __future__ import annotations

import httpx
import pytest

from sandbox.testing import Sandbox
from tests.sandbox.merchant import ORDER_NO, merchant, place


def test_home_lists_people_balances_and_what_was_executed(sandbox: Sandbox) -> None:
    place(merchant(sandbox))
    sandbox.pay_wechat(ORDER_NO)
    page = sandbox.http.get("/").text
    for text in ("李秀兰", "3,286.40", "马𬱖", ORDER_NO, "微信支付", "200.00"):
        assert text in page


def test_the_cashier_shows_what_is_paid_and_offers_one_button(sandbox: Sandbox) -> None:
    _, placed = place(merchant(sandbox))
    page = httpx.get(placed["h5_url"], params={"redirect_url": "http://127.0.0.1:8000/orders/1"}, trust_env=False).text
    assert "¥200.00" in page
    assert page.count("确认支付") == 1
    assert "http://127.0.0.1:8000/orders/1" in page


def test_a_paid_order_has_no_button_any_more(sandbox: Sandbox) -> None:
    _, placed = place(merchant(sandbox))
    sandbox.pay_wechat(ORDER_NO)
    page = httpx.get(placed["h5_url"], trust_env=False).text
    assert "确认支付" not in page
    assert "支付成功" in page


def test_an_address_that_is_no_web_address_is_not_followed(sandbox: Sandbox) -> None:
    _, placed = place(merchant(sandbox))
    paid = httpx.post(placed["h5_url"], data={"redirect_url": "javascript:alert(1)"}, trust_env=False)
    assert "javascript" not in paid.headers["location"]


def test_an_unknown_cashier_says_what_to_do(sandbox: Sandbox) -> None:
    reply = sandbox.http.get("/cashier/nothing")
    assert reply.status_code == 404
    assert "请返回商户重新下单" in reply.text


@pytest.mark.parametrize("path", ["/", "/sms"])
def test_pages_need_no_script(sandbox: Sandbox, path: str) -> None:
    assert "<script" not in sandbox.http.get(path).text
