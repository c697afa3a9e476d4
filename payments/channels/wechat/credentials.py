"""What WeChat Pay hands out to a merchant. The merchant platform is pay.weixin.qq.com → 账户中心 → API安全. Only the
public key mode is spoken, not certificates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from wechatpayv3 import WeChatPay, WeChatPayType

from core.partners import Partner, Variable
from core.shapes import exactly_bytes, https_address, is_pair, matching, pem, rsa_private_key, rsa_public_key
from payments import conf

_VARIABLES = (
    Variable("BASE_URL", "WeChat Pay's gateway", https_address, default="https://api.mch.weixin.qq.com"),
    Variable("MCHID", "the merchant number (商户号)", matching(r"[0-9]{8,10}", "eight to ten digits")),
    Variable("APPID", "the appid bound to it", matching(r"wx[0-9A-Za-z]{16}", "wx and 16 letters or digits")),
    Variable(
        "MERCHANT_SERIAL_NO",
        "the serial number of the merchant's API certificate",
        matching(r"[0-9A-F]{40}", "40 digits and letters A to F"),
    ),
    Variable("PRIVATE_KEY", "the merchant's private key (apiclient_key.pem)", rsa_private_key),
    Variable("APIV3_KEY", "the APIv3 key, which opens notifications", exactly_bytes(32)),
    Variable("PUBLIC_KEY", "WeChat's public key (pub_key.pem)", rsa_public_key),
    Variable(
        "PUBLIC_KEY_ID",
        "the id of WeChat's public key",
        matching(r"PUB_KEY_ID_[0-9A-Za-z]{10,60}", "PUB_KEY_ID_ and its number"),
    ),
)


@dataclass(frozen=True)
class Credentials:
    mchid: str
    appid: str
    merchant_serial_no: str
    merchant_private_key: str = field(repr=False)
    apiv3_key: str = field(repr=False)
    platform_public_key: str
    platform_public_key_id: str
    gateway: str
    notify_url: str


def partner(reference: str) -> Partner:
    return Partner(reference, _VARIABLES, together=_wechats_key_is_not_ours)


def credentials(reference: str) -> Credentials:
    """Raises core.partners.NotConfigured."""
    given = partner(reference).values()
    return Credentials(
        mchid=given["MCHID"],
        appid=given["APPID"],
        merchant_serial_no=given["MERCHANT_SERIAL_NO"],
        merchant_private_key=pem(given["PRIVATE_KEY"]).decode(),
        apiv3_key=given["APIV3_KEY"],
        platform_public_key=pem(given["PUBLIC_KEY"]).decode(),
        platform_public_key_id=given["PUBLIC_KEY_ID"],
        gateway=given["BASE_URL"],
        notify_url=f"{settings.PUBLIC_URL}/pay/notify/wechat/{given['MCHID']}/",
    )


@lru_cache(maxsize=16)
def sdk(given: Credentials) -> WeChatPay:
    """Made once per process and merchant: it loads RSA keys. Without its logger, which would write whole bodies."""
    made = WeChatPay(
        wechatpay_type=WeChatPayType.H5,
        mchid=given.mchid,
        private_key=given.merchant_private_key,
        cert_serial_no=given.merchant_serial_no,
        appid=given.appid,
        apiv3_key=given.apiv3_key,
        notify_url=given.notify_url,
        timeout=conf.timeout_seconds(),
        public_key=given.platform_public_key,
        public_key_id=given.platform_public_key_id,
    )
    made._core._gate_way = given.gateway
    return made


def _wechats_key_is_not_ours(values: Mapping[str, str]) -> tuple[str, str, str] | None:
    if not is_pair(values["PRIVATE_KEY"], values["PUBLIC_KEY"]):
        return None
    return (
        "PUBLIC_KEY",
        "is the public half of our own PRIVATE_KEY, so nothing that WeChat signs could be believed",
        "Give WeChat's public key (pub_key.pem) from the merchant platform.",
    )
