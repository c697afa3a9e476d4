"""What WeChat tells us of its own accord: who signed it, and what is sealed in it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from wechatpayv3.utils import aes_decrypt

from payments.channels.base import Arrived, NotAuthentic, NotBelieved, Notice, Outcome, SignedMessage, digest
from payments.channels.wechat.credentials import Credentials, sdk
from payments.channels.wechat.replies import order_state, refund_state

# WeChat's own rule: a signature older or newer than five minutes proves nothing. The SDK does not check it.
SIGNATURE_AGE = timedelta(minutes=5)
SIGNATURE_TYPE = "WECHATPAY2-SHA256-RSA2048"


def authenticate(ours: Credentials, arrived: Arrived) -> SignedMessage:
    """Is this from WeChat, and was it signed within five minutes of now? Raises NotAuthentic."""
    given = {name.lower(): value for name, value in arrived.headers.items()}
    if given.get("wechatpay-signature-type", SIGNATURE_TYPE) != SIGNATURE_TYPE:
        raise NotAuthentic("unsigned")
    # The SDK would fetch certificates over the network for a key it does not know, for any stranger.
    if given.get("wechatpay-serial") != ours.platform_public_key_id:
        raise NotAuthentic("unknown_key")
    timestamp = given.get("wechatpay-timestamp", "")
    if not re.fullmatch("[0-9]{1,11}", timestamp):
        raise NotAuthentic("unsigned")
    signed_at = datetime.fromtimestamp(int(timestamp), UTC)
    if abs(arrived.wall_clock - signed_at) > SIGNATURE_AGE:
        raise NotAuthentic("stale")
    try:
        text = arrived.body.decode("utf-8")
        # The check that `callback` itself begins with; we keep the message sealed until it is processed.
        genuine = sdk(ours)._core._verify_signature(
            {
                "Wechatpay-Signature": given.get("wechatpay-signature", ""),
                "Wechatpay-Timestamp": timestamp,
                "Wechatpay-Nonce": given.get("wechatpay-nonce", ""),
                "Wechatpay-Serial": ours.platform_public_key_id,
                "Wechatpay-Signature-Type": SIGNATURE_TYPE,
            },
            text,
        )
    except UnicodeDecodeError:
        genuine = False
    if not genuine:
        raise NotAuthentic("forged")
    return _envelope(text, signed_at)


def read(ours: Credentials, event_type: str, body: str) -> Notice:
    """Opened, and for this merchant. Raises NotBelieved."""
    resource = _opened(ours, body)
    if resource is None:
        raise NotBelieved("unreadable")
    if resource.get("mchid") != ours.mchid:
        raise NotBelieved("wrong_merchant")
    number = str(resource.get("out_trade_no"))
    if event_type.startswith("TRANSACTION."):
        if resource.get("appid") != ours.appid:
            raise NotBelieved("wrong_appid")
        return Notice(number, _read(order_state, resource))
    if event_type.startswith("REFUND."):
        return Notice(number, _read(refund_state, resource), refund_number=str(resource.get("out_refund_no")))
    raise NotBelieved("unknown_event")


def _read(reader: Callable[[dict[str, Any]], Outcome], resource: dict[str, Any]) -> Outcome | None:
    try:
        return reader(resource)
    except (KeyError, ValueError, TypeError):
        return None


def _opened(ours: Credentials, body: str) -> dict[str, Any] | None:
    """The decrypted resource of a message that was authentic when it came; None when it cannot be opened."""
    try:
        resource = json.loads(body)["resource"]
        plain = aes_decrypt(
            nonce=resource["nonce"],
            ciphertext=resource["ciphertext"],
            associated_data=resource.get("associated_data") or "",
            apiv3_key=ours.apiv3_key,
        )
        opened = json.loads(plain) if plain else None
    except (ValueError, KeyError, TypeError):
        return None
    return opened if isinstance(opened, dict) else None


def _envelope(text: str, signed_at: datetime) -> SignedMessage:
    try:
        message = json.loads(text)
        identifier, event_type = str(message["id"]), str(message["event_type"])
    except (ValueError, KeyError, TypeError):
        # Authentic, but of a shape we do not know: kept under its own digest, for a person to read.
        identifier, event_type = f"sha256-{digest(text.encode())}", "unreadable"
    return SignedMessage(identifier[:80], event_type[:64], text, signed_at)
