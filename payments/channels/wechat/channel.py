"""WeChat Pay as a channel: an order that the payer confirms at WeChat's cashier. `send` moves no money, it returns the
cashier's address. details: {"client_ip": address the payer came from}; WeChat opens its cashier only for that one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import requests
import structlog
from wechatpayv3 import WeChatPay

from core import clock
from core.partners import Partner
from payments.channels.base import (
    Answer,
    Arrived,
    Bill,
    Cashier,
    Charge,
    GiveBack,
    Kind,
    Notice,
    Outcome,
    Purchase,
    SignedMessage,
    Words,
    canonical,
)
from payments.channels.protocol import BilledChannel, NotifyingChannel, PaymentChannel
from payments.channels.wechat import notifications, replies, trade_bill, words
from payments.channels.wechat.credentials import Credentials, credentials, partner, sdk

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WechatPay(PaymentChannel, NotifyingChannel, BilledChannel):
    reference: str = "WECHAT_PAY"

    code: ClassVar[str] = "WECHAT"
    label: ClassVar[Words] = words.LABEL
    rank: ClassVar[int] = 20
    grace: ClassVar[timedelta] = timedelta(seconds=60)
    ledger_account: ClassVar[str] = "asset.clearing"
    cashier: ClassVar[Cashier | None] = words.CASHIER

    def partner(self) -> Partner:
        return partner(self.reference)

    def number(self) -> str:
        """The merchant number 商户号."""
        return self.credentials.mchid

    @property
    def credentials(self) -> Credentials:
        """Raises core.partners.NotConfigured."""
        return credentials(self.reference)

    def details(self, purchase: Purchase) -> dict[str, Any]:
        return {"client_ip": purchase.client_ip}

    # Money in

    def encode_charge(self, charge: Charge) -> bytes:
        return canonical(
            {
                "out_trade_no": charge.number,
                "notify_url": self.credentials.notify_url,
                "description": charge.subject,
                "amount": {"total": charge.amount_fen, "currency": "CNY"},
                "time_expire": clock.local(charge.expires_at).isoformat(timespec="seconds"),
                "scene_info": {
                    "payer_client_ip": charge.details.get("client_ip") or "127.0.0.1",
                    "h5_info": {"type": "Wap"},
                },
            }
        )

    def send(self, body: bytes) -> Outcome:
        return self._call(lambda sdk: sdk.pay(**json.loads(body)), _ordered, replies.refusal)

    def query(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        return self._call(lambda sdk: sdk.query(out_trade_no=number), self._order_state, replies.query_refusal)

    def close(self, number: str) -> Outcome:
        return self._call(lambda sdk: sdk.close(out_trade_no=number), _closed, replies.close_refusal)

    def way_to_cashier(self, cashier_url: str, *, back: str) -> str:
        joint = "&" if "?" in cashier_url else "?"
        return f"{cashier_url}{joint}redirect_url={quote(back, safe='')}"

    # Money back

    def encode_refund(self, refund: GiveBack) -> bytes:
        return canonical(
            {
                "out_refund_no": refund.number,
                "transaction_id": refund.charge_transaction_no,
                "notify_url": self.credentials.notify_url,
                "amount": {"refund": refund.amount_fen, "total": refund.charge_amount_fen, "currency": "CNY"},
            }
        )

    def refund(self, body: bytes) -> Outcome:
        return self._call(lambda sdk: sdk.refund(**json.loads(body)), replies.refund_state, replies.refusal)

    def query_refund(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        return self._call(
            lambda sdk: sdk.query_refund(out_refund_no=number), replies.refund_state, replies.query_refusal
        )

    # What WeChat tells us: notifications and the bill

    def authenticate(self, arrived: Arrived) -> SignedMessage:
        return notifications.authenticate(self.credentials, arrived)

    def read(self, event_type: str, body: str) -> Notice:
        return notifications.read(self.credentials, event_type, body)

    def answer(self, refusal: str) -> Answer:
        said = {"code": "FAIL", "message": refusal} if refusal else {"code": "SUCCESS", "message": ""}
        return Answer(json.dumps(said).encode())

    def bill(self, day: date) -> Bill:
        return trade_bill.fetch(self.credentials, day)

    # Inside

    def _call(
        self,
        request: Callable[[WeChatPay], tuple[int, Any]],
        success: Callable[[dict[str, Any]], Outcome],
        refusal: Callable[[str, str], Outcome],
    ) -> Outcome:
        try:
            status, reply = request(sdk(self.credentials))
            content = json.loads(reply) if reply else {}
            if 200 <= status < 300:
                return success(content)
            if 400 <= status < 500:
                return refusal(str(content.get("code", f"http_{status}")), str(content.get("message", "")))
            return Outcome.unknown(f"http_{status}")
        except requests.RequestException as error:
            return Outcome.unknown(type(error).__name__)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("wechat.reply_unreadable", error=type(error).__name__)
            return Outcome.unknown("reply_unreadable")
        except Exception as error:
            # The SDK raises bare Exception when a reply's signature is missing or wrong: then nothing in it is known.
            log.warning("wechat.reply_not_authentic", error=type(error).__name__)
            return Outcome.unknown("reply_not_authentic")

    def _order_state(self, reply: dict[str, Any]) -> Outcome:
        ours = self.credentials
        if reply.get("mchid") != ours.mchid or reply.get("appid") != ours.appid:
            return Outcome.unknown("wrong_merchant")
        return replies.order_state(reply)


def _ordered(reply: dict[str, Any]) -> Outcome:
    return Outcome(Kind.PENDING, code="ordered", cashier_url=str(reply["h5_url"]))


def _closed(_reply: dict[str, Any]) -> Outcome:
    return Outcome(Kind.REFUSED, code="closed")
