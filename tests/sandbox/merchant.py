"""The real SDK `wechatpayv3` pointed at the sandbox, in public-key mode."""

from __future__ import annotations

import json
from typing import Any

from wechatpayv3 import WeChatPay, WeChatPayType

from sandbox.testing import Sandbox

ORDER_NO = "HMB202611220001"
PREMIUM_FEN = 20_000


def merchant(sandbox: Sandbox, **changes: Any) -> WeChatPay:
    keys = {**sandbox.keys["wechat"], **changes}
    client = WeChatPay(
        wechatpay_type=WeChatPayType.H5,
        mchid=keys["mchid"],
        private_key=keys["merchant_private_key"],
        cert_serial_no=keys["merchant_serial_no"],
        apiv3_key=keys["apiv3_key"],
        appid=keys["appid"],
        notify_url="http://127.0.0.1:9/notify",
        public_key=keys["platform_public_key"],
        public_key_id=keys["platform_public_key_id"],
        timeout=(3, 10),
    )
    client._core._gate_way = keys["gateway"]
    return client


def place(client: WeChatPay, number: str = ORDER_NO, **changes: Any) -> tuple[int, dict[str, Any]]:
    """An H5 order of 200.00 yuan for two policies."""
    asked: dict[str, Any] = {
        "description": "三门峡惠民保 2027 年度保费（2 人）",
        "out_trade_no": number,
        "amount": {"total": PREMIUM_FEN, "currency": "CNY"},
        "scene_info": {"payer_client_ip": "127.0.0.1", "h5_info": {"type": "Wap"}},
        **changes,
    }
    return answer(client.pay(**asked))


def answer(reply: tuple[int, Any]) -> tuple[int, dict[str, Any]]:
    code, body = reply
    return code, json.loads(body) if body else {}
