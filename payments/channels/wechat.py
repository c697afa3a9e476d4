"""WeChat Pay APIv3 through its SDK `wechatpayv3`, H5 orders, platform public key mode.

A charge is an order that the payer confirms at WeChat's cashier: `send` moves no money, it returns the cashier's
address. details: {"client_ip": address the payer came from}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

import requests
import structlog
from wechatpayv3 import WeChatPay, WeChatPayType
from wechatpayv3.utils import aes_decrypt

from core import clock
from payments import conf
from payments.channels.base import Charge, GiveBack, Kind, Outcome, canonical, digest
from payments.conf import WechatCredentials

log = structlog.get_logger(__name__)

# WeChat's own rule: a signature older or newer than five minutes proves nothing. The SDK does not check it.
SIGNATURE_AGE = timedelta(minutes=5)
SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"

# Only these say that the request was not and will not be carried out; every other code is looked into by a query.
_DEFINITIVE = frozenset(
    {
        "PARAM_ERROR",
        "INVALID_REQUEST",
        "APPID_MCHID_NOT_MATCH",
        "MCH_NOT_EXISTS",
        "NO_AUTH",
        "NOT_ENOUGH",
        "ORDER_CLOSED",
        "RULE_LIMIT",
        "TRADE_ERROR",
        "USER_ACCOUNT_ABNORMAL",
        "RESOURCE_NOT_EXISTS",
    }
)
_NOT_FOUND = frozenset({"ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"})
_PAID_STATES = frozenset({"SUCCESS", "REFUND"})
_ENDED_STATES = frozenset({"CLOSED", "REVOKED", "PAYERROR"})


class NotAuthentic(Exception):
    """A callback whose signature, key or time is not good. code: stale, forged, unknown_key, unsigned."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A callback whose sender is WeChat. What it says is still encrypted."""

    notification_id: str
    event_type: str
    body: str
    signed_at: datetime


@dataclass(frozen=True)
class WechatChannel:
    credentials: WechatCredentials

    code: ClassVar[str] = "WECHAT"

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
        return self._call(lambda sdk: sdk.pay(**json.loads(body)), self._ordered, _refusal)

    def query(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        return self._call(lambda sdk: sdk.query(out_trade_no=number), self._order_state, _query_refusal)

    def close(self, number: str) -> Outcome:
        def refusal(code: str, text: str) -> Outcome:
            if code in ("ORDERPAID", "ORDER_PAID"):
                return Outcome(Kind.PENDING, code=code)
            return Outcome(Kind.REFUSED, code=code) if code in _NOT_FOUND else Outcome.unknown(code)

        return self._call(
            lambda sdk: sdk.close(out_trade_no=number), lambda _reply: Outcome(Kind.REFUSED, code="closed"), refusal
        )

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
        return self._call(lambda sdk: sdk.refund(**json.loads(body)), refund_state, _refusal)

    def query_refund(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        return self._call(lambda sdk: sdk.query_refund(out_refund_no=number), refund_state, _query_refusal)

    # Callbacks

    def authenticate(self, *, headers: Mapping[str, str], body: bytes, wall_clock: datetime) -> SignedMessage:
        """Is this from WeChat, and was it signed within five minutes of now? headers: any case.

        wall_clock is real time, never the demo clock: WeChat signs in real time. Raises NotAuthentic.
        """
        given = {name.lower(): value for name, value in headers.items()}
        if given.get("wechatpay-signature-type", SIGNATURE_TYPE) != SIGNATURE_TYPE:
            raise NotAuthentic("unsigned")
        # The SDK would fetch certificates over the network for a key it does not know, for any stranger.
        if given.get("wechatpay-serial") != self.credentials.platform_public_key_id:
            raise NotAuthentic("unknown_key")
        timestamp = given.get("wechatpay-timestamp", "")
        if not re.fullmatch(r"\d{1,11}", timestamp):
            raise NotAuthentic("unsigned")
        signed_at = datetime.fromtimestamp(int(timestamp), UTC)
        if abs(wall_clock - signed_at) > SIGNATURE_AGE:
            raise NotAuthentic("stale")
        try:
            text = body.decode("utf-8")
            # The check that `callback` itself begins with; we keep the message sealed until it is processed.
            genuine = _sdk(self.credentials)._core._verify_signature(
                {
                    "Wechatpay-Signature": given.get("wechatpay-signature", ""),
                    "Wechatpay-Timestamp": timestamp,
                    "Wechatpay-Nonce": given.get("wechatpay-nonce", ""),
                    "Wechatpay-Serial": self.credentials.platform_public_key_id,
                    "Wechatpay-Signature-Type": SIGNATURE_TYPE,
                },
                text,
            )
        except UnicodeDecodeError:
            genuine = False
        if not genuine:
            raise NotAuthentic("forged")
        return _envelope(text, signed_at)

    def open(self, body: str) -> dict[str, Any] | None:
        """The decrypted resource of a message that was authentic when it came; None when it cannot be opened."""
        try:
            resource = json.loads(body)["resource"]
            plain = aes_decrypt(
                nonce=resource["nonce"],
                ciphertext=resource["ciphertext"],
                associated_data=resource.get("associated_data") or "",
                apiv3_key=self.credentials.apiv3_key,
            )
            opened = json.loads(plain) if plain else None
        except (ValueError, KeyError, TypeError):
            return None
        return opened if isinstance(opened, dict) else None

    # Inside

    def _call(
        self,
        request: Callable[[WeChatPay], tuple[int, Any]],
        success: Callable[[dict[str, Any]], Outcome],
        refusal: Callable[[str, str], Outcome],
    ) -> Outcome:
        try:
            status, reply = request(_sdk(self.credentials))
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

    def _ordered(self, reply: dict[str, Any]) -> Outcome:
        return Outcome(Kind.PENDING, code="ordered", cashier_url=str(reply["h5_url"]))

    def _order_state(self, reply: dict[str, Any]) -> Outcome:
        if reply.get("mchid") != self.credentials.mchid or reply.get("appid") != self.credentials.appid:
            return Outcome.unknown("wrong_merchant")
        return order_state(reply)


def order_state(order: dict[str, Any]) -> Outcome:
    """The outcome that an order (of a query or a callback) reports. Raises KeyError, ValueError on a malformed one."""
    state = str(order["trade_state"])
    if state in _PAID_STATES:
        return Outcome(
            Kind.PAID,
            code=state,
            transaction_no=str(order["transaction_id"]),
            amount_fen=_fen(order["amount"], "total"),
            at=datetime.fromisoformat(order["success_time"]),
        )
    if state in _ENDED_STATES:
        return Outcome(Kind.REFUSED, code=state)
    return Outcome(Kind.PENDING, code=state)


def refund_state(refund: dict[str, Any]) -> Outcome:
    """The outcome that a refund (of a reply, a query or a callback) reports. Raises KeyError, ValueError."""
    # Replies call it status, callbacks refund_status.
    state = str(refund.get("status") or refund["refund_status"])
    proof: dict[str, Any] = {"transaction_no": str(refund["refund_id"]), "amount_fen": _fen(refund["amount"], "refund")}
    if state == "SUCCESS":
        return Outcome(Kind.PAID, code=state, at=datetime.fromisoformat(refund["success_time"]), **proof)
    if state == "CLOSED":
        return Outcome(Kind.REFUSED, code=state)
    # ABNORMAL: the payer's bank refused it; the merchant platform can still carry it out, so it is not the end.
    return Outcome(Kind.PENDING, code=state)


def _fen(amount: dict[str, Any], name: str) -> int:
    if amount.get("currency", "CNY") != "CNY" or type(amount[name]) is not int:
        raise ValueError("amount is not a whole number of fen")
    return int(amount[name])


def _refusal(code: str, text: str) -> Outcome:
    return Outcome(Kind.REFUSED, code=code, text=text) if code in _DEFINITIVE else Outcome.unknown(code)


def _query_refusal(code: str, _text: str) -> Outcome:
    return Outcome(Kind.NOT_FOUND, code=code) if code in _NOT_FOUND else Outcome.unknown(code)


def _envelope(text: str, signed_at: datetime) -> SignedMessage:
    try:
        message = json.loads(text)
        identifier, event_type = str(message["id"]), str(message["event_type"])
    except (ValueError, KeyError, TypeError):
        # Authentic, but of a shape we do not know: kept under its own digest, for a person to read.
        identifier, event_type = f"sha256-{digest(text.encode())}", "unreadable"
    return SignedMessage(identifier[:80], event_type[:64], text, signed_at)


@lru_cache(maxsize=4)
def _sdk(credentials: WechatCredentials) -> WeChatPay:
    """Made once per process: it loads RSA keys. Without its logger, which would write whole bodies."""
    sdk = WeChatPay(
        wechatpay_type=WeChatPayType.H5,
        mchid=credentials.mchid,
        private_key=credentials.merchant_private_key,
        cert_serial_no=credentials.merchant_serial_no,
        appid=credentials.appid,
        apiv3_key=credentials.apiv3_key,
        notify_url=credentials.notify_url,
        timeout=conf.timeout_seconds(),
        public_key=credentials.platform_public_key,
        public_key_id=credentials.platform_public_key_id,
    )
    sdk._core._gate_way = credentials.gateway
    return sdk
